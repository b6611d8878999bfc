import { type Clock, systemClock } from './clock.ts';

/** Lets one waiter sleep until a call or a timeout. No call is lost. */
export interface Wake {
  call(): void;
  /** Forgets the calls so far, because what follows serves them. */
  clear(): void;
  /** Resolves after `ms`, at the next call, or at once if there was a call since the last wait. */
  wait(ms: number): Promise<void>;
}

export function createWake(clock: Clock = systemClock): Wake {
  let called = false;
  let end: (() => void) | null = null;
  return {
    call() {
      called = true;
      end?.();
    },
    clear() {
      called = false;
    },
    async wait(ms) {
      if (!called) {
        const waiting = new AbortController();
        end = () => waiting.abort();
        await clock.sleep(ms, waiting.signal);
        end = null;
      }
      called = false;
    },
  };
}
