import type { Clock } from '../../src/jobs/clock.ts';
import type { EventQueue } from './event-queue.ts';

/** One process of the simulated world: it may stand still, and it may end. */
export class SimulatedProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly #queue: EventQueue;
  /** How far its wall clock is off. */
  skewMs: number;
  #alive = true;
  #frozenUntil = 0;
  /**
   * Messages that it posted or updated after standing still: it must live to report them.
   * docs/delivery.md publishes what happens if it does not.
   */
  readonly owes = new Set<string>();

  constructor(name: string, queue: EventQueue, skewMs: number) {
    this.name = name;
    this.skewMs = skewMs;
    this.#queue = queue;
    this.clock = {
      now: () => queue.now,
      wall: () => queue.now + this.skewMs,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const cancel = queue.after(ms, () => this.when(resolve));
          signal?.addEventListener(
            'abort',
            () => {
              cancel();
              resolve();
            },
            { once: true },
          );
        }),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  get frozen(): boolean {
    return this.#frozenUntil > this.#queue.now;
  }

  /** What reaches the process: as soon as it runs again, and never when it has ended. */
  when(run: () => void): void {
    if (!this.#alive) return;
    if (this.frozen) this.#queue.after(this.#frozenUntil - this.#queue.now, () => this.when(run));
    else run();
  }

  freeze(ms: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#queue.now + ms);
  }

  /** Its promises are never settled any more. */
  end(): void {
    this.#alive = false;
  }
}
