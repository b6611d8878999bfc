import { useCallback, useState } from 'react';
import type { PageChannel, PageState } from '../slack/protocol.ts';
import { Avatar } from './avatar.tsx';
import { ChannelGlyph } from './channel-glyph.tsx';
import { Composer } from './composer.tsx';
import { authorOf } from './directory.ts';
import { MessageList } from './message-list.tsx';
import { useDismissed } from './use-dismissed.ts';

interface Props {
  state: PageState;
  channel: PageChannel;
  onOpenThread: (ts: string) => void;
}

export function ChannelView({ state, channel, onOpenThread }: Props) {
  const dm = channel.kind === 'dm';
  const { dismissed, dismiss } = useDismissed();
  const [said, setSaid] = useState(0);
  const onSay = useCallback(() => setSaid((count) => count + 1), []);
  const messages = (state.messages[channel.id] ?? []).filter(({ ts }) => !dismissed.has(ts));
  return (
    <main className="channel">
      <header className="channel-head">
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
        {!dm && !channel.botIn && <span className="badge">{state.bot.name} is not in here</span>}
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
            : `Nothing has been said in #${channel.name} yet.`
        }
        said={said}
        onOpenThread={onOpenThread}
        onDismiss={dismiss}
      />
      <Composer
        key={channel.id}
        label={`Message ${dm ? '' : '#'}${channel.name}`}
        channel={channel.id}
        me={state.me.id}
        commands={state.commands}
        onSay={onSay}
      />
    </main>
  );
}
