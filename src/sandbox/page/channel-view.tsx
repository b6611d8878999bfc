import { useCallback, useEffect, useState } from 'react';
import type { HomeTab, PageChannel, PageState } from '../slack/protocol.ts';
import { AppTabs } from './app-tabs.tsx';
import { Avatar } from './avatar.tsx';
import { ChannelGlyph } from './channel-glyph.tsx';
import { Composer } from './composer.tsx';
import { authorOf } from './directory.ts';
import { HomeView } from './home-view.tsx';
import { MessageList } from './message-list.tsx';
import { send } from './send.ts';
import { useDismissed } from './use-dismissed.ts';
import type { Drawer } from './use-drawer.ts';

interface Props {
  state: PageState;
  channel: PageChannel;
  tab: HomeTab;
  onOpenTab: (tab: HomeTab) => void;
  /** Unread messages in other channels. */
  waiting: number;
  drawer: Drawer;
  onOpenThread: (ts: string) => void;
}

export function ChannelView(props: Props) {
  const { state, channel, tab, onOpenTab, waiting, drawer, onOpenThread } = props;
  const dm = channel.kind === 'dm';
  const { dismissed, dismiss } = useDismissed();
  const [sentCount, setSentCount] = useState(0);
  const onSend = useCallback(() => setSentCount((count) => count + 1), []);
  const hasTabs = dm && state.home !== null;
  useEffect(() => {
    // As Slack does. The Home tab says itself that it is open.
    if (hasTabs && tab === 'messages') void send('openHome', { as: state.me.id, tab });
  }, [hasTabs, tab, state.me.id]);
  const messages = (state.messages[channel.id] ?? []).filter(({ ts }) => !dismissed.has(ts));
  return (
    <main className="channel">
      <header className="channel-head">
        <button
          ref={drawer.button}
          type="button"
          className="channels narrow-only"
          aria-label="Channels"
          aria-description={waiting > 0 ? `${waiting} unread` : undefined}
          aria-expanded={drawer.isOpen}
          onClick={drawer.open}
        >
          <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" fill="currentColor">
            <path d="M3 4.5h14v1.8H3zm0 4.6h14v1.8H3zm0 4.6h14v1.8H3z" />
          </svg>
          {waiting > 0 && (
            <span className="unread" aria-hidden="true">
              {waiting}
            </span>
          )}
        </button>
        <h1>
          {dm ? (
            <Avatar author={authorOf(state, state.bot.id)} size={24} />
          ) : (
            <ChannelGlyph kind={channel.kind} />
          )}
          {channel.name}
        </h1>
        {hasTabs ? (
          <AppTabs open={tab} onOpen={onOpenTab} />
        ) : (
          <p className="topic" title={channel.topic}>
            {channel.topic}
          </p>
        )}
        {!dm && !channel.botIn && (
          <span className="badge">{state.bot.name} is not in this channel</span>
        )}
      </header>
      {tab === 'home' && state.home ? (
        <HomeView key={state.me.id} home={state.home} me={state.me.id} app={channel.name} />
      ) : (
        <>
          <MessageList
            key={`${state.me.id} ${channel.id}`}
            label={`Messages in ${channel.name}`}
            channel={channel.id}
            me={state.me.id}
            messages={messages}
            empty={
              dm
                ? `This is the beginning of your direct messages with ${state.bot.name}.`
                : `No messages in #${channel.name} yet.`
            }
            sentCount={sentCount}
            onOpenThread={onOpenThread}
            onDismiss={dismiss}
          />
          <Composer
            key={channel.id}
            label={`Message ${dm ? '' : '#'}${channel.name}`}
            channel={channel.id}
            me={state.me.id}
            commands={state.commands}
            onSend={onSend}
          />
        </>
      )}
    </main>
  );
}
