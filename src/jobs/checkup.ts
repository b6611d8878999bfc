import { millisecondsInHour } from 'date-fns/constants';
import { troublesOf } from '../core/checkup.ts';
import type { Checkups, SlowestCalls } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { type Clock, systemClock } from './clock.ts';

export interface CheckupDeps {
  checkups: Checkups;
  slowest: SlowestCalls;
  log: Log;
  clock?: Clock;
}

const REPEAT_MS = millisecondsInHour;

/**
 * Returns a job that logs what `npm run doctor` would report about the database: new trouble at once, lasting
 * trouble once an hour. It also records this bot's slowest call.
 */
export function createCheckup({
  checkups,
  slowest,
  log,
  clock = systemClock,
}: CheckupDeps): () => Promise<void> {
  let logged = new Map<string, number>();
  return async () => {
    const call = slowest.worst();
    if (call !== null) {
      await checkups.noteSlowest(call);
      slowest.forget(call);
    }
    const now = clock.now();
    const current = new Map<string, number>();
    for (const { about, kind, text } of troublesOf(await checkups.read())) {
      const loggedAt = logged.get(about);
      const isDue = loggedAt === undefined || now - loggedAt >= REPEAT_MS;
      current.set(about, isDue ? now : loggedAt);
      if (isDue) log.warn('the database needs attention', { kind, advice: text });
    }
    logged = current;
  };
}
