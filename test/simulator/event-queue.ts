import { setImmediate as afterMicrotasks } from 'node:timers/promises';

interface Due {
  at: number;
  run: (() => void | Promise<void>) | null;
}

export type Cancel = () => void;

/**
 * The virtual time of a simulation. All events go through this queue, one at a time. An event is over when
 * all promises it settled have run their continuations.
 */
export class EventQueue {
  /** Requests and responses on their way. */
  underWay = 0;
  #now: number;
  /** Sorted by time; first in, first out within a millisecond. */
  readonly #due: Due[] = [];

  constructor(startsAt: number) {
    this.#now = startsAt;
  }

  /** Virtual milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** Schedules an event `ms` from now. */
  after(ms: number, run: () => void | Promise<void>): Cancel {
    const event: Due = { at: this.#now + Math.max(0, ms), run };
    let index = this.#due.length;
    while (index > 0 && (this.#due[index - 1]?.at ?? 0) > event.at) index -= 1;
    this.#due.splice(index, 0, event);
    return () => {
      event.run = null;
    };
  }

  /** Advances the time without running events, so they become late. */
  skip(ms: number): void {
    this.#now += ms;
  }

  /** Runs the next event. If there is none by `until`, advances to it and returns false. */
  async step(until = Number.POSITIVE_INFINITY): Promise<boolean> {
    for (;;) {
      const [next] = this.#due;
      if (next === undefined || next.at > until) {
        if (Number.isFinite(until)) this.#now = Math.max(this.#now, until);
        return false;
      }
      this.#due.shift();
      if (next.run === null) continue;
      this.#now = Math.max(this.#now, next.at);
      await next.run();
      await afterMicrotasks();
      return true;
    }
  }
}
