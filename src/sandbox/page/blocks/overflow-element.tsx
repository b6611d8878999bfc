import type { Overflow } from '@slack/types';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ElementProps } from './element-props.ts';
import { actionIdOf } from './input-values.ts';
import { PressOutcome } from './press-outcome.tsx';
import { usePress } from './use-press.ts';

const GAP_PX = 4;

export function OverflowElement({ element, blockId }: ElementProps<Overflow>) {
  const press = usePress(blockId, actionIdOf(element), element.confirm);
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
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = items.findIndex((item) => item.matches(':focus'));
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      items[(at + step + items.length) % items.length]?.focus();
    } else if (event.key === 'Tab') {
      setOpen(false);
    }
  };

  return (
    <span className="element overflow" ref={root}>
      <button
        type="button"
        className={`button icon-button ${press.busy ? 'busy' : ''}`}
        aria-label="More actions"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-busy={press.busy}
        onClick={() => setOpen(!open)}
      >
        <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" fill="currentColor">
          <circle cx="4" cy="10" r="1.7" />
          <circle cx="10" cy="10" r="1.7" />
          <circle cx="16" cy="10" r="1.7" />
        </svg>
      </button>
      {open && (
        <div className="menu" role="menu" tabIndex={-1} ref={menu} onKeyDown={onKeyDown}>
          {element.options.map((option) => (
            <button
              type="button"
              role="menuitem"
              key={option.value ?? option.text.text}
              onClick={() => {
                close();
                if ('url' in option && option.url) window.open(option.url, '_blank', 'noopener');
                press.press(option.value ?? '');
              }}
            >
              {option.text.text}
            </button>
          ))}
        </div>
      )}
      <PressOutcome press={press} />
    </span>
  );
}
