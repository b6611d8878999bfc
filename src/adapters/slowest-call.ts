import type { SlowCall } from '../core/checkup.ts';
import type { Meter, SlowestCalls } from '../core/ports.ts';
import { silentMeter } from '../core/silent-meter.ts';
import { type Database, DatabaseError } from './supabase-client.ts';

const REMEMBERED_MS = 3_600_000;

/**
 * Measures all calls, and remembers the slowest one, measured in this process, so network time counts too.
 * @param now monotonic milliseconds
 */
export function timeCalls(
  database: Database,
  now: () => number,
  meter: Meter = silentMeter,
): { database: Database; slowest: SlowestCalls } {
  let slowest: (SlowCall & { at: number }) | null = null;

  const worst = () => (slowest !== null && now() - slowest.at < REMEMBERED_MS ? slowest : null);
  const ended = (name: string, startedAt: number): void => {
    const at = now();
    const ms = at - startedAt;
    if (ms > (worst()?.ms ?? -1)) slowest = { name, ms, at };
  };

  return {
    slowest: {
      worst: () => {
        const one = worst();
        return one === null ? null : { name: one.name, ms: one.ms };
      },
      forget(call) {
        if (slowest?.name === call.name && slowest.ms === call.ms) slowest = null;
      },
    },
    database: {
      async call(name, args, answer) {
        const startedAt = now();
        try {
          const result = await database.call(name, args, answer);
          ended(name, startedAt);
          return result;
        } catch (error) {
          const code = error instanceof DatabaseError ? (error.code ?? 'none') : 'unreadable';
          meter.add('database_errors_total', { code });
          // Without a code, nothing answered: that is the network's time, not the database's.
          if (!(error instanceof DatabaseError && error.code === null)) ended(name, startedAt);
          throw error;
        } finally {
          const seconds = (now() - startedAt) / 1_000;
          meter.observe('database_call_duration_seconds', { function: name }, seconds);
        }
      },
    },
  };
}
