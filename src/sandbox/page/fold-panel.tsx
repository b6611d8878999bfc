import { type ReactNode, useState } from 'react';

/** Same as in narrow.css. Below this width panels start collapsed, to leave room for messages. */
const NARROW = '(max-width: 860px)';

interface Props {
  className: string;
  title: string;
  /** Beside the title. Read aloud when it changes. */
  note?: string;
  children: (open: boolean) => ReactNode;
}

/** A panel that collapses to its title. */
export function FoldPanel({ className, title, note, children }: Props) {
  const [open, setOpen] = useState(() => !window.matchMedia(NARROW).matches);
  return (
    <section className={`panel ${className} ${open ? 'unfolded' : ''}`} aria-label={title}>
      <header className="pane-head">
        <h2>{title}</h2>
        {note !== undefined && (
          <span className="pane-note" role="status">
            {note}
          </span>
        )}
        <button
          type="button"
          className="fold"
          aria-expanded={open}
          aria-label={open ? 'Collapse panel' : 'Expand panel'}
          onClick={() => setOpen(!open)}
        >
          {open ? '–' : '+'}
        </button>
      </header>
      {children(open)}
    </section>
  );
}
