import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** Where the page has no room for the list of channels beside the messages, it lies over them while it is open. */
export interface Drawer {
  isOpen: boolean;
  /** The button that opens it, to which the focus goes back. */
  button: RefObject<HTMLButtonElement | null>;
  open(): void;
  close(): void;
}

export function useDrawer(): Drawer {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const open = useCallback(() => setOpen(true), []);
  const close = useCallback(() => {
    setOpen(false);
    button.current?.focus();
  }, []);
  useEffect(() => {
    if (!isOpen) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isOpen, close]);
  return { isOpen, button, open, close };
}
