import type { EventQueue } from './event-queue.ts';
import { durationOf, type Fault, TIMEOUT_MS } from './faults.ts';
import type { SimulatedProcess } from './process.ts';

export interface Request<T> {
  caller: SimulatedProcess;
  fault: Fault | null;
  /** Milliseconds to the server and back. */
  latency: readonly [there: number, back: number];
  /** The request's effect on the server. */
  carryOut: () => T | Promise<T>;
  /** Crashes the caller, and restarts it after `downMs`. Does nothing if the caller must live. */
  crash: (downMs: number) => void;
  errors: {
    /** Certainly without effect. */
    refused: () => Error;
    lost: () => Error;
    timedOut: () => Error;
    /** The error response of a failing server, for faults that are not in the network. */
    answered: (fault: Fault) => Error;
  };
}

/** Sends a request with its fault and latency. */
export function send<T>(queue: EventQueue, request: Request<T>): Promise<T> {
  const { caller, fault, latency, carryOut, crash, errors } = request;
  const [there, back] = latency;
  const ms = fault === null ? 0 : durationOf(fault);

  const later = (after: number, run: () => void | Promise<void>): void => {
    queue.underWay += 1;
    queue.after(after, async () => {
      queue.underWay -= 1;
      await run();
    });
  };

  return new Promise<T>((resolve, reject) => {
    /** Carries the request out after some time, and passes a function that settles its promise. */
    const arrive = (after: number, then: (settle: () => void) => void): void => {
      later(after, async () => {
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
    /** A process that dies while frozen sends nothing. */
    const sendAfter = (frozenMs: number, then: (settle: () => void) => void): void => {
      later(frozenMs, () => {
        if (caller.alive) arrive(there, then);
      });
    };
    const answer = (settle: () => void): void => {
      later(back, () => caller.when(settle));
    };
    const fail = (after: number, error: () => Error): void => {
      later(after, () => caller.when(() => reject(error())));
    };
    const nothing = (): void => {};
    const die = (): void => {
      crash(ms);
      fail(0, errors.lost);
    };

    switch (fault?.kind) {
      case undefined:
        return arrive(there, answer);
      case 'crash-before':
        return die();
      case 'crash-after':
        return arrive(there, die);
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
