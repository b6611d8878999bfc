import { fatalDatabaseProblem } from '../adapters/database-problem.ts';
import type { Database } from '../adapters/supabase-client.ts';
import type { Log } from '../ops/log.ts';

/** A front door may refuse a good key for a moment; one that has expired is refused for good. */
const REFUSED_FOR_MS = 15_000;
const REFUSED_TIMES = 3;

export interface KeyWatch {
  /** The same database; what it answers also tells whether SUPABASE_KEY is accepted. */
  database: Database;
  /** Why it refuses the bot at present, for the one who runs it; null when it does not. */
  problem(): string | null;
}

/**
 * Notices when the database refuses the key of a bot that runs: it has expired, its secret was changed, or
 * its role has lost its rights. Retrying won't help.
 * @param now in milliseconds; may begin anywhere
 * @param onLost called once with what is wrong, when nothing but refusals has come for a while
 */
export function watchKey(
  database: Database,
  { log, now, onLost }: { log: Log; now: () => number; onLost: (problem: string) => void },
): KeyWatch {
  let refused: { problem: string; since: number; times: number } | null = null;

  const accepted = (askedAt: number): void => {
    // An answer to what was asked before the first refusal says nothing about the time after it.
    if (refused === null || askedAt < refused.since) return;
    log.info('the database accepts SUPABASE_KEY again');
    refused = null;
  };
  const failed = (error: unknown): void => {
    const problem = fatalDatabaseProblem(error);
    // No answer, or another error: that says nothing about the key.
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
