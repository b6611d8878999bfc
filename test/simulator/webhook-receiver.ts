import type { OutcomeEvent } from '../../src/core/outcome-event.ts';
import type { OutcomeReceiver } from '../../src/core/ports.ts';
import type { EventQueue } from './event-queue.ts';
import type { Fault, FaultKind } from './faults.ts';
import type { SimulatedProcess } from './process.ts';
import { type Request, send } from './request.ts';

/** How receivers fail. Freezes of a bot come from the scenario. */
const WEBHOOK_FAULTS: readonly FaultKind[] = [
  'crash-before',
  'crash-after',
  'refused',
  'lost',
  'timeout',
  'timeout-after',
  'late',
  'slow',
  'http-503',
  'http-503-after',
];
/** Share of requests that fail. */
const FAILING = 0.3;

/** A fault that a seeded random number decides, or none. */
export function webhookFault(random: () => number, call: number): Fault | null {
  const drawn = random();
  const kind = WEBHOOK_FAULTS[Math.floor((drawn / FAILING) * WEBHOOK_FAULTS.length)];
  return kind === undefined ? null : { call, kind, length: random(), lag: 0 };
}

export interface ReceiverWorld {
  queue: EventQueue;
  /** What has arrived, in that order. */
  arrived: OutcomeEvent[];
  nextFault(caller: SimulatedProcess): Fault | null;
  latency(): readonly [number, number];
  /** Does nothing if the process must live. */
  crash(caller: SimulatedProcess, downMs: number): void;
  note(line: () => string): void;
}

const errors: Request<unknown>['errors'] = {
  refused: () => new Error('connection refused'),
  lost: () => new Error('connection lost'),
  timedOut: () => new Error('timed out'),
  answered: () => new Error('HTTP 503'),
};

export function simulatedReceiver(world: ReceiverWorld, caller: SimulatedProcess): OutcomeReceiver {
  return {
    send: (event) =>
      new Promise((resolve) => {
        const failed = (error: Error) =>
          resolve({ kind: 'failed', reason: error.message, retryAfterMs: null });
        const fault = world.nextFault(caller);
        world.note(
          () =>
            `${caller.name} → receiver: ${event.type} ${event.id.slice(0, 4)} of ${event.alertId.slice(0, 4)}${fault === null ? '' : ` ⚡ ${fault.kind}`}`,
        );
        send(world.queue, {
          caller,
          fault,
          latency: world.latency(),
          carryOut: () => {
            world.arrived.push(event);
          },
          crash: (downMs) => world.crash(caller, downMs),
          errors,
        }).then(() => resolve({ kind: 'delivered' }), failed);
      }),
  };
}
