import type { EventQueue } from './event-queue.ts';
import { durationOf, type Fault, TIMEOUT_MS } from './faults.ts';
import type { SimulatedProcess } from './process.ts';

export interface Request<T> {
  caller: SimulatedProcess;
  fault: Fault | null;
  /** Milliseconds that the request and its answer are under way. */
  latency: readonly [there: number, back: number];
  /** What the server does, when it does. */
  carryOut: () => T | Promise<T>;
  /** Ends the caller and starts it again after some time. */
  crash: (downMs: number) => void;
  errors: {
    /** Certainly not carried out. */
    refused: () => Error;
    lost: () => Error;
    timedOut: () => Error;
    /** The answer of a server that fails: of those faults that are not about the way to it. */
    answered: (fault: Fault) => Error;
  };
}

/** Sends one request through the simulated world. */
export function send<T>(queue: EventQueue, request: Request<T>): Promise<T> {
  const { caller, fault, latency, carryOut, crash, errors } = request;
  const [there, back] = latency;
  const ms = fault === null ? 0 : durationOf(fault);

  return new Promise<T>((resolve, reject) => {
    /** Carries it out after some time; what came of it is handed on unless nobody is to know. */
    const arrive = (after: number, then: (settle: () => void) => void): void => {
      queue.after(after, async () => {
        let settle: () => void;
        try {
          const result = await carryOut();
          settle = () => resolve(result);
        } catch (error) {
          settle = () => reject(error);
        }
        then(settle);
      });
    };
    /** Of a process that ends while it stands still, nothing is sent. */
    const sendAfter = (standsStill: number, then: (settle: () => void) => void): void => {
      queue.after(standsStill, () => {
        if (caller.alive) arrive(there, then);
      });
    };
    const answer = (settle: () => void): void => {
      queue.after(back, () => caller.when(settle));
    };
    const fail = (after: number, error: () => Error): void => {
      queue.after(after, () => caller.when(() => reject(error())));
    };
    const nothing = (): void => {};

    switch (fault?.kind) {
      case undefined:
        return arrive(there, answer);
      case 'crash-before':
        return crash(ms);
      case 'crash-after':
        return arrive(there, () => crash(ms));
      case 'refused':
        return fail(there, errors.refused);
      case 'lost':
        arrive(there, nothing);
        return fail(there + back, errors.lost);
      case 'timeout':
        return fail(TIMEOUT_MS, errors.timedOut);
      case 'timeout-after':
        arrive(there, nothing);
        return fail(TIMEOUT_MS, errors.timedOut);
      case 'late':
        fail(TIMEOUT_MS, errors.timedOut);
        return arrive(TIMEOUT_MS + ms, nothing);
      case 'freeze-before':
        caller.freeze(ms);
        return sendAfter(ms, answer);
      case 'freeze-lost':
        caller.freeze(ms);
        sendAfter(ms, nothing);
        return fail(ms + TIMEOUT_MS, errors.timedOut);
      case 'freeze-after':
        caller.freeze(ms);
        return arrive(there, answer);
      case 'slow':
        return arrive(ms, answer);
      case 'http-503':
      case 'internal-error':
      case 'rate-limited':
      case 'unknown-code':
      case 'bad-blocks':
        return fail(there + back, () => errors.answered(fault));
      case 'http-503-after':
      case 'internal-error-after':
        arrive(there, nothing);
        return fail(there + back, () => errors.answered(fault));
    }
  });
}
