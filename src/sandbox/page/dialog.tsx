import { type ReactNode, useEffect, useRef } from 'react';

/** A native modal dialog, so the browser keeps the focus inside. */
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
  // If a re-render removes the focused button, keys would go to the page below.
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
      onCancel={(event) => {
        // The browser asks, because the key went to the page below: the focus isn't back yet.
        event.preventDefault();
        if (event.target === element.current) onEscape();
      }}
      onKeyDown={(event) => {
        // The dialog above this one has already handled the key.
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        onEscape();
      }}
    >
      {children}
    </dialog>
  );
}
