import { type RefObject, useLayoutEffect, useMemo, useRef } from 'react';

const NEAR_BOTTOM_PX = 80;

export interface FollowEnd {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** Looks where the reader is, and says whether the list follows its end. */
  follows(): boolean;
  goToEnd(): void;
  /** Goes to the end, or to the beginning of what stands there when it is longer than the window. */
  goToEndFrom(shown: Element | null): void;
}

/** Keeps a list at its end while it grows, until its reader scrolls up. */
export function useFollowEnd(): FollowEnd {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  /** Where the list was left last, in pixels from its top. */
  const top = useRef(0);

  const list = useMemo<FollowEnd>(() => {
    const follow = (now: boolean) => {
      following.current = now;
      const box = scroller.current;
      // At its end the list is moved by us alone; for a reader further up the browser holds the place.
      if (box) box.style.overflowAnchor = now ? 'none' : 'auto';
    };
    const goToEnd = () => {
      follow(true);
      const box = scroller.current;
      if (!box) return;
      box.scrollTop = box.scrollHeight;
      top.current = box.scrollTop;
    };
    return {
      scroller,
      content,
      goToEnd,
      follows() {
        const box = scroller.current;
        if (!box) return following.current;
        // What arrives may be laid out before the browser reports a scroll, so the place itself is
        // asked: while the list follows, only a reader moves it up.
        if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_BOTTOM_PX) follow(true);
        else if (box.scrollTop < top.current) follow(false);
        top.current = box.scrollTop;
        return following.current;
      },
      goToEndFrom(shown) {
        goToEnd();
        const box = scroller.current;
        if (!box || !shown) return;
        const above = box.getBoundingClientRect().top - shown.getBoundingClientRect().top;
        if (above <= 0) return;
        follow(false);
        box.scrollTop -= above;
        top.current = box.scrollTop;
      },
    };
  }, []);

  useLayoutEffect(() => {
    const box = scroller.current;
    const inside = content.current;
    if (!box || !inside) return;
    const follow = () => {
      if (list.follows()) list.goToEnd();
    };
    list.goToEnd();
    // Also when a message that is already there grows, or the composer takes room away.
    const observer = new ResizeObserver(follow);
    observer.observe(inside);
    observer.observe(box);
    return () => observer.disconnect();
  }, [list]);

  return list;
}
