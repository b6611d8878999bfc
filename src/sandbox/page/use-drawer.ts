import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** The channel list on narrow screens, where it opens over the messages. */
export interface Drawer {
  isOpen: boolean;
  /** Opens the drawer, and gets the focus back when it closes. */
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
