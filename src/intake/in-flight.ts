import { setTimeout as sleep } from 'node:timers/promises';

/** What has begun and must not be cut off by a stop. */
export interface InFlight {
  /** Counts a piece of work until it ends, and gives it back as it is. */
  track<T>(work: Promise<T>): Promise<T>;
  count(): number;
  /** Resolves when nothing is under way any more, nor what has begun in the meantime. */
  settled(): Promise<void>;
}

export function createInFlight(): InFlight {
  const works = new Set<Promise<unknown>>();
  return {
    track(work) {
      works.add(work);
      // One turn later: what follows a failure, such as an apology, begins before this one is gone.
      const end = () => setImmediate(() => works.delete(work));
      work.then(end, end);
      return work;
    },
    count: () => works.size,
    async settled() {
      while (works.size > 0) {
        await Promise.allSettled(works);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

/**
 * Waits until all of it has ended, however it ended, and no longer than `ms`. Returns the names of what is
 * still going on then. Never throws.
 */
export async function stillRunningAfter(
  ms: number,
  works: Readonly<Record<string, Promise<unknown>>>,
): Promise<string[]> {
  const left = new Set(Object.keys(works));
  const all = Object.entries(works).map(async ([name, work]) => {
    await work.catch(() => {});
    left.delete(name);
  });
  await Promise.race([Promise.all(all), sleep(ms, undefined, { ref: false })]);
  return [...left];
}
