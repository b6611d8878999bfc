import { millisecondsInHour } from 'date-fns/constants';
import type { Clock } from './clock.ts';

/** How many things to remember. Beyond this, some are reported more often. */
const MAX_REPORTED = 10_000;

/** Whether to report that something is wrong: once an hour, and again when the reason changes. */
export function createOnceAnHour(clock: Clock): (what: string, reason: string) => boolean {
  const reported = new Map<string, { reason: string; at: number }>();
  return (what, reason) => {
    const known = reported.get(what);
    if (known?.reason === reason && clock.now() - known.at < millisecondsInHour) return false;
    reported.delete(what);
    const [oldest] = reported.keys();
    if (oldest !== undefined && reported.size >= MAX_REPORTED) reported.delete(oldest);
    reported.set(what, { reason, at: clock.now() });
    return true;
  };
}
