import { useLayoutEffect, useRef, useState } from 'react';
import type { PageMessage } from '../slack/protocol.ts';
import { Message } from './message.tsx';
import { dateOf } from './message-time.tsx';
import { useFollowEnd } from './use-follow-end.ts';

const dayName = new Intl.DateTimeFormat('en-US', {
  weekday: 'long',
  month: 'long',
  day: 'numeric',
});

function dayOf(ts: string): string {
  const date = dateOf(ts);
  return date.toDateString() === new Date().toDateString() ? 'Today' : dayName.format(date);
}

interface Props {
  label: string;
  channel: string;
  me: string;
  messages: readonly PageMessage[];
  empty: string;
  /** Number of messages this user has sent. The list scrolls to its end when it changes. */
  sentCount: number;
  onOpenThread?: (ts: string) => void;
  onDismiss?: (ts: string) => void;
}

/**
 * Newest at the bottom. If the user has scrolled up, new messages only show a button. A private answer
 * still scrolls into view, since it responds to what the user just did.
 */
export function MessageList({ label, messages, empty, sentCount, ...rest }: Props) {
  const list = useFollowEnd();
  const newest = messages.at(-1)?.ts ?? '';
  const answer = messages.findLast(({ ephemeral }) => ephemeral)?.ts ?? '';
  const answered = useRef(answer);
  const [seen, setSeen] = useState(newest);
  const missed = messages.filter(({ ts }) => ts > seen).length;

  const goToEnd = () => {
    list.goToEnd();
    setSeen(newest);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only this is a reason to move
  useLayoutEffect(() => {
    if (list.follows()) goToEnd();
  }, [newest]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only this is a reason to move
  useLayoutEffect(() => {
    if (sentCount > 0) goToEnd();
  }, [sentCount]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only this is a reason to move
  useLayoutEffect(() => {
    // After a dismissal the latest answer is an older one, which is not new.
    if (answer <= answered.current) return;
    answered.current = answer;
    const shown = list.content.current?.querySelector(`[data-ts="${CSS.escape(answer)}"]`);
    list.goToEndFrom(shown ?? null);
    setSeen(newest);
  }, [answer]);

  return (
    <div className="list">
      <div
        className="scroller"
        ref={list.scroller}
        onScroll={() => {
          if (list.follows()) setSeen(newest);
        }}
      >
        <div
          ref={list.content}
          className="messages"
          role="log"
          aria-label={label}
          aria-live="polite"
        >
          {messages.length === 0 && <p className="empty">{empty}</p>}
          {messages.map((message, index) => {
            const day = dayOf(message.ts);
            const before = messages[index - 1];
            return (
              <div key={message.ts}>
                {(!before || dayOf(before.ts) !== day) && (
                  <div className="day">
                    <span>{day}</span>
                  </div>
                )}
                <Message message={message} {...rest} />
              </div>
            );
          })}
        </div>
      </div>
      {missed > 0 && (
        <button type="button" className="missed" onClick={goToEnd}>
          {missed === 1 ? '1 new message' : `${missed} new messages`} ↓
        </button>
      )}
    </div>
  );
}
