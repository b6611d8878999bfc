import { setTimeout as sleep } from 'node:timers/promises';

/** Work that a stop must wait for. */
export interface InFlight {
  /** Counts `work` as in flight until it settles, and returns it. */
  track<T>(work: Promise<T>): Promise<T>;
  count(): number;
  /** Resolves when nothing is in flight, including work that started in the meantime. */
  settled(): Promise<void>;
}

export function createInFlight(): InFlight {
  const works = new Set<Promise<unknown>>();
  return {
    track(work) {
      works.add(work);
      // One turn later, so that a follow-up such as an apology is counted before this ends.
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

/** Waits up to `ms` for everything to settle and returns the names of what is still running. Never throws. */
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
