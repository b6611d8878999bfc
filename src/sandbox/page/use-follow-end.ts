import { type RefObject, useLayoutEffect, useMemo, useRef } from 'react';

const NEAR_BOTTOM_PX = 80;

interface FollowEnd {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** Checks the scroll position. Returns whether the list should stay at its end. */
  follows(): boolean;
  goToEnd(): void;
  /** Scrolls to the end, or to the top of `shown` if it is taller than the list. */
  goToEndFrom(shown: Element | null): void;
}

/** Keeps a growing list scrolled to its end until the user scrolls up. */
export function useFollowEnd(): FollowEnd {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  /** Last known scroll position, in pixels from the top. */
  const top = useRef(0);

  const list = useMemo<FollowEnd>(() => {
    const follow = (now: boolean) => {
      following.current = now;
      const box = scroller.current;
      // At the end only we scroll. Further up, the browser's scroll anchoring keeps the position.
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
        // New content may be laid out before the scroll event, so check the position itself. While we follow,
        // only the user scrolls up.
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
    // Also follow when an existing message grows, or the composer takes up more space.
    const observer = new ResizeObserver(follow);
    observer.observe(inside);
    observer.observe(box);
    return () => observer.disconnect();
  }, [list]);

  return list;
}
