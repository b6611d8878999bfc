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
  return (
    <dialog
      ref={element}
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
