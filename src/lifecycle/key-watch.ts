import { fatalDatabaseProblem } from '../adapters/database-problem.ts';
import type { Database } from '../adapters/supabase-client.ts';
import type { Log } from '../ops/log.ts';

/** A gateway may refuse a good key for a moment. Give up after this long and this many refusals. */
const REFUSED_FOR_MS = 15_000;
const REFUSED_TIMES = 3;

export interface KeyWatch {
  /** Wraps the given database. */
  database: Database;
  /** Why the database refuses the bot right now, for the operator; null when it doesn't. */
  problem(): string | null;
}

/**
 * Notices when the database refuses a running bot's key: it expired, its secret changed, or its role lost its
 * rights. Retrying won't help.
 * @param now monotonic milliseconds
 * @param onLost called with the problem after REFUSED_FOR_MS of nothing but refusals
 */
export function watchKey(
  database: Database,
  { log, now, onLost }: { log: Log; now: () => number; onLost: (problem: string) => void },
): KeyWatch {
  let refused: { problem: string; since: number; times: number } | null = null;

  const accepted = (askedAt: number): void => {
    // Ignore answers to calls from before the first refusal.
    if (refused === null || askedAt < refused.since) return;
    log.info('the database accepts SUPABASE_KEY again');
    refused = null;
  };
  const failed = (error: unknown): void => {
    const problem = fatalDatabaseProblem(error);
    // Other failures don't tell whether the key is good.
    if (problem === null) return;
    if (refused === null) log.error('the database refuses the bot', { advice: problem });
    refused ??= { problem, since: now(), times: 0 };
    refused.problem = problem;
    refused.times += 1;
    if (refused.times >= REFUSED_TIMES && now() - refused.since >= REFUSED_FOR_MS) onLost(problem);
  };

  return {
    problem: () => refused?.problem ?? null,
    database: {
      async call(name, args, answer) {
        const askedAt = now();
        try {
          const result = await database.call(name, args, answer);
          accepted(askedAt);
          return result;
        } catch (error) {
          failed(error);
          throw error;
        }
      },
    },
  };
}
