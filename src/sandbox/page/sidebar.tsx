import { useEffect, useRef } from 'react';
import type { PageChannel, PageState } from '../slack/protocol.ts';
import { Avatar } from './avatar.tsx';
import { ChannelGlyph } from './channel-glyph.tsx';
import { authorOf } from './directory.ts';
import { PersonSwitch } from './person-switch.tsx';
import type { Drawer } from './use-drawer.ts';

interface Props {
  state: PageState;
  open: string;
  unread: Record<string, number>;
  drawer: Drawer;
  theme: 'light' | 'dark';
  onToggleTheme: () => void;
  onOpen: (channel: PageChannel) => void;
  onBecome: (id: string) => void;
}

export function Sidebar(props: Props) {
  const { state, open, unread, drawer, theme, onToggleTheme, onOpen, onBecome } = props;
  const rooms = state.channels.filter(({ kind }) => kind !== 'dm');
  const apps = state.channels.filter(({ kind }) => kind === 'dm');
  const closer = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (drawer.isOpen) closer.current?.focus();
  }, [drawer.isOpen]);
  const row = (channel: PageChannel) => {
    const count = unread[channel.id] ?? 0;
    return (
      <li key={channel.id}>
        <button
          type="button"
          className={`channel-row ${count > 0 ? 'has-unread' : ''}`}
          aria-description={count > 0 ? `${count} unread` : undefined}
          aria-current={channel.id === open ? 'page' : undefined}
          onClick={() => onOpen(channel)}
        >
          {channel.kind === 'dm' ? (
            <Avatar author={authorOf(state, state.bot.id)} size={20} />
          ) : (
            <ChannelGlyph kind={channel.kind} />
          )}
          <span className="channel-name">{channel.name}</span>
          {count > 0 && (
            <span className="unread" aria-hidden="true">
              {count}
            </span>
          )}
        </button>
      </li>
    );
  };

  return (
    <div className={`sidebar ${drawer.isOpen ? 'drawn' : ''}`}>
      <div className="workspace">
        <div>
          <div className="workspace-name">Lead Alerts demo</div>
          <div className="workspace-sub">A local Slack, nothing leaves this machine</div>
        </div>
        <button
          type="button"
          className="theme-toggle"
          aria-label={theme === 'dark' ? 'Use the light theme' : 'Use the dark theme'}
          onClick={onToggleTheme}
        >
          <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" fill="currentColor">
            {theme === 'dark' ? (
              <path d="M10 6a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM9.2 1h1.6v3H9.2zm0 15h1.6v3H9.2zM1 9.2h3v1.6H1zm15 0h3v1.6h-3zM3.1 4.2l1.1-1.1 2.1 2.1-1.1 1.1zm10.6 10.6 1.1-1.1 2.1 2.1-1.1 1.1zM4.2 16.9l-1.1-1.1 2.1-2.1 1.1 1.1zM14.8 6.3l-1.1-1.1 2.1-2.1 1.1 1.1z" />
            ) : (
              <path d="M17 12.2A7.5 7.5 0 0 1 7.8 3 7.5 7.5 0 1 0 17 12.2z" />
            )}
          </svg>
        </button>
        <button
          ref={closer}
          type="button"
          className="theme-toggle narrow-only"
          aria-label="Close channel list"
          onClick={drawer.close}
        >
          ×
        </button>
      </div>
      <PersonSwitch state={state} onBecome={onBecome} />
      <nav aria-label="Channels">
        <h2>Channels</h2>
        <ul>{rooms.map(row)}</ul>
        {apps.length > 0 && (
          <>
            <h2>Apps</h2>
            <ul>{apps.map(row)}</ul>
          </>
        )}
      </nav>
    </div>
  );
}
