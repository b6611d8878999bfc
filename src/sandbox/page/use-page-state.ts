import { useEffect, useRef, useState } from 'react';
import type { PageMessage, PageState } from '../slack/protocol.ts';

const RETRY_MS = 1500;

/**
 * The latest state as the user `as` sees it, and whether the server is reachable. With `null` the server
 * picks the first user.
 */
export function usePageState(as: string | null): { state: PageState | null; online: boolean } {
  const [state, setState] = useState<PageState | null>(null);
  const [online, setOnline] = useState(true);
  const last = useRef<PageState | null>(null);

  useEffect(() => {
    let source: EventSource;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let who = as;
    const open = () => {
      source = new EventSource(
        who === null ? '/page/events' : `/page/events?as=${encodeURIComponent(who)}`,
      );
      source.onmessage = (event: MessageEvent<string>) => {
        // Not validated: page and server come from the same commit.
        const fresh: PageState = JSON.parse(event.data);
        last.current = keepUnchanged(last.current, fresh);
        setState(last.current);
        setOnline(true);
      };
      source.onopen = () => setOnline(true);
      source.onerror = () => {
        setOnline(false);
        // The browser reconnects by itself after a lost connection, but not after an error response.
        if (source.readyState !== EventSource.CLOSED) return;
        // The URL may be from another workspace and name a user this one doesn't have.
        if (last.current === null) who = null;
        retry = setTimeout(open, who === as ? RETRY_MS : 0);
      };
    };
    open();
    return () => {
      clearTimeout(retry);
      source.close();
    };
  }, [as]);

  return { state, online };
}

/** Reuses unchanged objects, so that only changed messages re-render. */
export function keepUnchanged(before: PageState | null, after: PageState): PageState {
  if (!before) return after;
  const messages: Record<string, readonly PageMessage[]> = {};
  for (const [channel, list] of Object.entries(after.messages)) {
    const old = new Map((before.messages[channel] ?? []).map((message) => [message.ts, message]));
    messages[channel] = list.map((message) => sameOr(old.get(message.ts), message));
  }
  return {
    ...after,
    me: sameOr(before.me, after.me),
    bot: sameOr(before.bot, after.bot),
    people: sameOr(before.people, after.people),
    channels: sameOr(before.channels, after.channels),
    userGroups: sameOr(before.userGroups, after.userGroups),
    shortcuts: sameOr(before.shortcuts, after.shortcuts),
    home: sameOr(before.home, after.home),
    messages,
  };
}

function sameOr<T>(before: T | undefined, after: T): T {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(after) ? before : after;
}
