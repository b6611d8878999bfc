import { setImmediate as afterMicrotasks } from 'node:timers/promises';

interface Due {
  at: number;
  run: (() => void | Promise<void>) | null;
}

/** Takes back what was to happen. */
export type Cancel = () => void;

/**
 * The time of a simulation. Everything that happens is put in here; while one thing happens nothing
 * else does, and it is over when no promise that it settled has anything more to do.
 */
export class EventQueue {
  #now: number;
  /** By time; of what is due in the same millisecond, what was put in first goes first. */
  readonly #due: Due[] = [];

  constructor(startsAt: number) {
    this.#now = startsAt;
  }

  /** Milliseconds since 1970, in the simulated world. */
  get now(): number {
    return this.#now;
  }

  /** Happens `ms` from now. */
  after(ms: number, run: () => void | Promise<void>): Cancel {
    const event: Due = { at: this.#now + Math.max(0, ms), run };
    let index = this.#due.length;
    while (index > 0 && (this.#due[index - 1]?.at ?? 0) > event.at) index -= 1;
    this.#due.splice(index, 0, event);
    return () => {
      event.run = null;
    };
  }

  /** Time goes on and nothing happens: what was due meanwhile is late. */
  skip(ms: number): void {
    this.#now += ms;
  }

  /** Lets the next thing happen; false when there is none until `until`, which it is then. */
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
