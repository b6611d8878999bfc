import { useLayoutEffect, useRef } from 'react';
import type { PageMessage } from '../slack/protocol.ts';
import { Message } from './message.tsx';
import { dateOf } from './message-time.tsx';

const NEAR_BOTTOM_PX = 80;

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
  onOpenThread?: (ts: string) => void;
  onDismiss?: (ts: string) => void;
}

/** Newest at the bottom. It follows what is new only while the reader is at the bottom. */
export function MessageList({ label, messages, empty, ...rest }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);

  useLayoutEffect(() => {
    const scroller = box.current;
    const inside = content.current;
    if (!scroller || !inside) return;
    const follow = () => {
      if (following.current) scroller.scrollTop = scroller.scrollHeight;
    };
    follow();
    // Also when a message that is already there grows, or the composer takes room away.
    const observer = new ResizeObserver(follow);
    observer.observe(inside);
    observer.observe(scroller);
    return () => observer.disconnect();
  }, []);

  return (
    <div
      className="scroller"
      ref={box}
      onScroll={({ currentTarget: at }) => {
        following.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_BOTTOM_PX;
      }}
    >
      <div ref={content} className="messages" role="log" aria-label={label} aria-live="polite">
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
  );
}
