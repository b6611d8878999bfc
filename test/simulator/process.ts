import type { Clock } from '../../src/jobs/clock.ts';
import type { EventQueue } from './event-queue.ts';

/** A simulated process that can freeze and crash. */
export class SimulatedProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly #queue: EventQueue;
  /** Offset of its wall clock. */
  skewMs: number;
  #alive = true;
  #frozenUntil = 0;
  /**
   * Messages it posted or updated after a freeze. It must survive to report them; docs/delivery.md describes
   * what happens if it doesn't.
   */
  readonly mustReport = new Map<string, 'sent' | 'answered'>();

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

  /** Runs a callback once the process is not frozen; never after its end. */
  when(run: () => void): void {
    if (!this.#alive) return;
    if (this.frozen) this.#queue.after(this.#frozenUntil - this.#queue.now, () => this.when(run));
    else run();
  }

  freeze(ms: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#queue.now + ms);
  }

  /** Its promises never settle after this. */
  end(): void {
    this.#alive = false;
  }
}
