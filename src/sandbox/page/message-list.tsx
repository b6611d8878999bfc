import { useLayoutEffect, useRef, useState } from 'react';
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
  /** How often this person has said something; each time, the list goes to its end. */
  said: number;
  onOpenThread?: (ts: string) => void;
  onDismiss?: (ts: string) => void;
}

/**
 * Newest at the bottom. A reader who is further up is not moved, but told of what is new; only a
 * private answer is shown at once, since it answers what that reader has just done.
 */
export function MessageList({ label, messages, empty, said, ...rest }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const height = useRef(0);
  const newest = messages.at(-1)?.ts ?? '';
  const answer = messages.findLast(({ ephemeral }) => ephemeral)?.ts ?? '';
  const answered = useRef(answer);
  const [seen, setSeen] = useState(newest);
  const missed = messages.filter(({ ts }) => ts > seen).length;

  const goToEnd = () => {
    following.current = true;
    setSeen(newest);
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only this is a reason to move
  useLayoutEffect(() => {
    if (following.current) goToEnd();
  }, [newest]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only this is a reason to move
  useLayoutEffect(() => {
    if (said > 0) goToEnd();
  }, [said]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only this is a reason to move
  useLayoutEffect(() => {
    // A dismissed answer brings back an older one, which is not news.
    if (answer <= answered.current) return;
    answered.current = answer;
    goToEnd();
    const scroller = box.current;
    const shown = content.current?.querySelector(`[data-ts="${CSS.escape(answer)}"]`);
    if (!scroller || !shown) return;
    const above = scroller.getBoundingClientRect().top - shown.getBoundingClientRect().top;
    if (above <= 0) return;
    // Longer than the window: it is read from its beginning.
    following.current = false;
    scroller.scrollTop -= above;
  }, [answer]);

  useLayoutEffect(() => {
    const scroller = box.current;
    const inside = content.current;
    if (!scroller || !inside) return;
    const follow = () => {
      height.current = scroller.scrollHeight;
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
    <div className="list">
      <div
        className="scroller"
        ref={box}
        onScroll={({ currentTarget: at }) => {
          // A message that was drawn anew moves the list too: only a reader stops following.
          if (at.scrollHeight !== height.current) return;
          following.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_BOTTOM_PX;
          if (following.current) setSeen(newest);
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
      {missed > 0 && (
        <button type="button" className="missed" onClick={goToEnd}>
          {missed === 1 ? '1 new message' : `${missed} new messages`} ↓
        </button>
      )}
    </div>
  );
}
