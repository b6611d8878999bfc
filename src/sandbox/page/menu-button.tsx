import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';

const GAP_PX = 4;

export interface MenuItem {
  key: string;
  text: string;
  /** A second, softer line. */
  more?: string;
  run(): void;
}

interface Props {
  /** Accessible name of the button. */
  label: string;
  icon: ReactNode;
  className?: string;
  busy?: boolean;
  items: readonly MenuItem[];
}

/** A button that opens a menu. */
export function MenuButton({ label, icon, className = '', busy = false, items }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const menu = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) return;
    menu.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [open]);

  // Positioned relative to the window, since the message list clips its content. It follows its button, because a
  // new message scrolls the list.
  useLayoutEffect(() => {
    if (!open) return;
    const place = () => {
      const button = root.current?.querySelector('button')?.getBoundingClientRect();
      const list = menu.current;
      if (!button || !list) return;
      const below = button.bottom + GAP_PX;
      const fits = below + list.offsetHeight < window.innerHeight - GAP_PX;
      list.style.top = `${fits ? below : button.top - GAP_PX - list.offsetHeight}px`;
      list.style.left = `${Math.min(button.left, window.innerWidth - list.offsetWidth - GAP_PX)}px`;
    };
    place();
    document.addEventListener('scroll', place, true);
    return () => document.removeEventListener('scroll', place, true);
  }, [open]);

  const close = () => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = buttons.findIndex((button) => button.matches(':focus'));
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      buttons[(at + step + buttons.length) % buttons.length]?.focus();
    } else if (event.key === 'Tab') {
      setOpen(false);
    }
  };

  return (
    <span className="menu-button" ref={root}>
      <button
        type="button"
        className={`${className} ${busy ? 'busy' : ''}`}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-busy={busy}
        onClick={() => setOpen(!open)}
      >
        {icon}
      </button>
      {open && (
        <div className="menu" role="menu" tabIndex={-1} ref={menu} onKeyDown={onKeyDown}>
          {items.map(({ key, text, more, run }) => (
            <button
              type="button"
              role="menuitem"
              key={key}
              onClick={() => {
                close();
                run();
              }}
            >
              {text}
              {more !== undefined && <span className="menu-more">{more}</span>}
            </button>
          ))}
        </div>
      )}
    </span>
  );
}

export function MoreIcon() {
  return (
    <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" fill="currentColor">
      <circle cx="4" cy="10" r="1.7" />
      <circle cx="10" cy="10" r="1.7" />
      <circle cx="16" cy="10" r="1.7" />
    </svg>
  );
}
