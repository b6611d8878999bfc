import type { SlowCall } from '../core/checkup.ts';
import type { SlowestCalls } from '../core/ports.ts';
import { type Database, DatabaseError } from './supabase-client.ts';

/** What was slow longer ago says nothing about now. */
const REMEMBERED_MS = 3_600_000;

/**
 * The same database, of whose calls the slowest is remembered: as this process sees them, so the way
 * there and back counts too.
 * @param now in milliseconds; may begin anywhere
 */
export function timeCalls(
  database: Database,
  now: () => number,
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
          // Without a code nothing answered: how long that took is the network's doing.
          if (!(error instanceof DatabaseError && error.code === null)) ended(name, startedAt);
          throw error;
        }
      },
    },
  };
}
