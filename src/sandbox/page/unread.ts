import { useEffect, useState } from 'react';
import type { PageState } from '../slack/protocol.ts';

type LastRead = Record<string, string>;

const keyOf = (person: string) => `last-read:${person}`;

function load(person: string): LastRead {
  const stored: unknown = JSON.parse(sessionStorage.getItem(keyOf(person)) ?? '{}');
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(
    Object.entries(stored).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

const newest = (state: PageState, channel: string) => state.messages[channel]?.at(-1)?.ts ?? '';

/** Messages from others since `lastRead`, by channel id. Timestamps have equal length, so they compare as text. */
export function countUnread(state: PageState, lastRead: LastRead): Record<string, number> {
  return Object.fromEntries(
    state.channels.map(({ id }) => [
      id,
      (state.messages[id] ?? []).filter(
        (message) => message.user !== state.me.id && message.ts > (lastRead[id] ?? ''),
      ).length,
    ]),
  );
}

/** Unread counts of this tab. The open channel counts as read; null while no messages are shown. */
export function useUnread(state: PageState, openChannel: string | null): Record<string, number> {
  const person = state.me.id;
  const [read, setRead] = useState(() => ({ person, at: load(person) }));
  const at = read.person === person ? read.at : load(person);
  const latest = openChannel === null ? '' : newest(state, openChannel);

  useEffect(() => {
    if (openChannel === null) return;
    setRead((before) => {
      const known = before.person === person ? before.at : load(person);
      if (before.person === person && known[openChannel] === latest) return before;
      const next = { ...known, [openChannel]: latest };
      sessionStorage.setItem(keyOf(person), JSON.stringify(next));
      return { person, at: next };
    });
  }, [person, openChannel, latest]);

  return countUnread(state, openChannel === null ? at : { ...at, [openChannel]: latest });
}
