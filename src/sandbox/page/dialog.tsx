import { type ReactNode, useEffect, useRef } from 'react';

/** A native modal dialog: the browser keeps the focus inside and gives it back afterwards. */
export function Dialog({
  className,
  labelledBy,
  busy = false,
  onEscape,
  children,
}: {
  className: string;
  labelledBy: string;
  busy?: boolean;
  onEscape: () => void;
  children: ReactNode;
}) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    const opener = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  // A pressed button that is drawn away takes the focus with it, and the keys would go to the page below.
  useEffect(() => {
    const onTop = [...document.querySelectorAll('dialog[open]')].at(-1);
    if (document.activeElement === document.body && onTop === element.current)
      element.current?.focus();
  });
  return (
    <dialog
      ref={element}
      tabIndex={-1}
      className={className}
      aria-labelledby={labelledBy}
      aria-busy={busy}
      onCancel={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        // A dialog above this one has had the key already.
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        onEscape();
      }}
    >
      {children}
    </dialog>
  );
}
