import { millisecondsInHour } from 'date-fns/constants';
import { troublesOf } from '../core/checkup.ts';
import type { Checkups, SlowestCalls } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { type Clock, systemClock } from './clock.ts';

export interface CheckupDeps {
  checkups: Checkups;
  slowest: SlowestCalls;
  log: Log;
  /** The system's unless told. */
  clock?: Clock;
}

const SAY_AGAIN_MS = millisecondsInHour;

/**
 * Makes the function that tells the log what `npm run doctor` would say of the database: what is news at
 * once, what stays once an hour. It also writes down how slow this bot's calls were.
 */
export function createCheckup({
  checkups,
  slowest,
  log,
  clock = systemClock,
}: CheckupDeps): () => Promise<void> {
  let said = new Map<string, number>();
  return async () => {
    const call = slowest.worst();
    if (call !== null) {
      await checkups.noteSlowest(call);
      slowest.forget(call);
    }
    const now = clock.now();
    const still = new Map<string, number>();
    for (const { about, kind, text } of troublesOf(await checkups.read())) {
      const saidAt = said.get(about);
      const isNews = saidAt === undefined || now - saidAt >= SAY_AGAIN_MS;
      still.set(about, isNews ? now : saidAt);
      if (isNews) log.warn('the database is not as it should be', { kind, advice: text });
    }
    said = still;
  };
}
