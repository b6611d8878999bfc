import type { KeyboardEvent } from 'react';
import type { HomeTab } from '../slack/protocol.ts';

const TABS: readonly { tab: HomeTab; name: string }[] = [
  { tab: 'home', name: 'Home' },
  { tab: 'messages', name: 'Messages' },
];

/** The tabs of an app: its Home, and the direct messages with it. */
export function AppTabs({ open, onOpen }: { open: HomeTab; onOpen: (tab: HomeTab) => void }) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const other = TABS.findIndex(({ tab }) => tab !== open);
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[other]?.focus();
    onOpen(open === 'home' ? 'messages' : 'home');
  };
  return (
    <div className="tabs" role="tablist" aria-label="Views of the app" onKeyDown={onKeyDown}>
      {TABS.map(({ tab, name }) => (
        <button
          key={tab}
          type="button"
          role="tab"
          aria-selected={tab === open}
          tabIndex={tab === open ? 0 : -1}
          onClick={() => onOpen(tab)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
