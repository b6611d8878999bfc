import { useCallback, useEffect, useState } from 'react';

/** This tab's user and channel. Both are in the URL, so two tabs can be two users. */
export interface Place {
  as: string | null;
  /** A channel's name or id, without `#`. */
  channel: string | null;
}

export function readPlace(location: { search: string; hash: string }): Place {
  return {
    as: new URLSearchParams(location.search).get('as'),
    channel: decodeURIComponent(location.hash.slice(1)) || null,
  };
}

export function usePlace(): Place & { become(as: string): void; goTo(channel: string): void } {
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
    (channel: string) => {
      const url = new URL(window.location.href);
      url.hash = encodeURIComponent(channel);
      move(url);
    },
    [move],
  );
  return { ...place, become, goTo };
}
