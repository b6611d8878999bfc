import { useCallback, useEffect, useState } from 'react';
import type { HomeTab } from '../slack/protocol.ts';

/** This tab's user and channel. Both are in the URL, so two tabs can be two users. */
export interface Place {
  as: string | null;
  /** A channel's name or id, without `#`. */
  channel: string | null;
  /** Of the app; other channels have messages only. */
  tab: HomeTab;
}

export function readPlace(location: { search: string; hash: string }): Place {
  const [channel, tab] = location.hash.slice(1).split('/').map(decodeURIComponent);
  return {
    as: new URLSearchParams(location.search).get('as'),
    channel: channel || null,
    tab: tab === 'home' ? tab : 'messages',
  };
}

export function usePlace(): Place & {
  become(as: string): void;
  goTo(channel: string, tab: HomeTab): void;
} {
  const [place, setPlace] = useState(() => readPlace(window.location));
  useEffect(() => {
    const follow = () => setPlace(readPlace(window.location));
    window.addEventListener('popstate', follow);
    window.addEventListener('hashchange', follow);
    return () => {
      window.removeEventListener('popstate', follow);
      window.removeEventListener('hashchange', follow);
    };
  }, []);

  const move = useCallback((url: URL) => {
    window.history.pushState(null, '', url);
    setPlace(readPlace(url));
  }, []);
  const become = useCallback(
    (as: string) => {
      const url = new URL(window.location.href);
      url.searchParams.set('as', as);
      move(url);
    },
    [move],
  );
  const goTo = useCallback(
    (channel: string, tab: HomeTab) => {
      const url = new URL(window.location.href);
      url.hash = `${encodeURIComponent(channel)}${tab === 'home' ? '/home' : ''}`;
      move(url);
    },
    [move],
  );
  return { ...place, become, goTo };
}
