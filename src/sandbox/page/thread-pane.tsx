import { useCallback, useState } from 'react';
import type { PageChannel, PageMessage, PageState } from '../slack/protocol.ts';
import { Composer } from './composer.tsx';
import { MessageList } from './message-list.tsx';
import { useDismissed } from './use-dismissed.ts';

interface Props {
  state: PageState;
  channel: PageChannel;
  parent: PageMessage;
  onClose: () => void;
}

export function ThreadPane({ state, channel, parent, onClose }: Props) {
  const { dismissed, dismiss } = useDismissed();
  const [sentCount, setSentCount] = useState(0);
  const onSend = useCallback(() => setSentCount((count) => count + 1), []);
  const shown = [parent, ...parent.replies].filter(({ ts }) => !dismissed.has(ts));
  return (
    <section className="thread" aria-label="Thread">
      <header className="pane-head">
        <h2>
          Thread <span className="pane-sub">#{channel.name}</span>
        </h2>
        <button type="button" className="close" aria-label="Close thread" onClick={onClose}>
          ×
        </button>
      </header>
      <MessageList
        key={parent.ts}
        label="Messages in this thread"
        channel={channel.id}
        me={state.me.id}
        messages={shown}
        empty=""
        sentCount={sentCount}
        onDismiss={dismiss}
      />
      <Composer
        key={`composer ${parent.ts}`}
        label="Reply in thread"
        channel={channel.id}
        me={state.me.id}
        threadTs={parent.ts}
        commands={[]}
        onSend={onSend}
      />
    </section>
  );
}
