import { useCallback, useState } from 'react';
import type { PageChannel, PageState } from '../slack/protocol.ts';
import { Avatar } from './avatar.tsx';
import { ChannelGlyph } from './channel-glyph.tsx';
import { Composer } from './composer.tsx';
import { authorOf } from './directory.ts';
import { MessageList } from './message-list.tsx';
import { useDismissed } from './use-dismissed.ts';
import type { Drawer } from './use-drawer.ts';

interface Props {
  state: PageState;
  channel: PageChannel;
  /** Unread messages in other channels. */
  waiting: number;
  drawer: Drawer;
  onOpenThread: (ts: string) => void;
}

export function ChannelView({ state, channel, waiting, drawer, onOpenThread }: Props) {
  const dm = channel.kind === 'dm';
  const { dismissed, dismiss } = useDismissed();
  const [sentCount, setSentCount] = useState(0);
  const onSend = useCallback(() => setSentCount((count) => count + 1), []);
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
        <p className="topic" title={channel.topic}>
          {channel.topic}
        </p>
        {!dm && !channel.botIn && (
          <span className="badge">{state.bot.name} is not in this channel</span>
        )}
      </header>
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
    </main>
  );
}
