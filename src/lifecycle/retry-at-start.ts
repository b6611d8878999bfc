import { setTimeout as sleep } from 'node:timers/promises';
import { WebAPIRateLimitedError } from '@slack/web-api';
import { describeDatabaseOutage, fatalDatabaseProblem } from '../adapters/database-problem.ts';
import { describeSlackOutage } from '../adapters/slack-problem.ts';
import { backoff } from '../core/backoff.ts';
import type { Log } from '../ops/log.ts';
import { CannotStart } from './cannot-start.ts';

const slackRetryAfterMs = (error: unknown): number =>
  error instanceof WebAPIRateLimitedError ? error.retryAfter * 1000 : 0;

/** So that a stop doesn't wait for a slow answer. @throws AbortError */
function orAbort<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    attempt()
      .finally(() => signal.removeEventListener('abort', abort))
      .then(resolve, reject);
  });
}

/** Retries until it works: after 1 s, 2 s, 4 s … 30 s. @throws CannotStart when retrying won't help */
export async function retryAtStart<T>(
  what: 'Slack' | 'Supabase',
  attempt: () => Promise<T>,
  log: Log,
  signal: AbortSignal,
): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await orAbort(attempt, signal);
    } catch (error) {
      if (signal.aborted || error instanceof CannotStart) throw error;
      const fatal = fatalDatabaseProblem(error);
      if (fatal !== null) throw new CannotStart(fatal);
      const wait = Math.max(backoff(attempts, 1_000, 30_000), slackRetryAfterMs(error));
      const problem = what === 'Slack' ? describeSlackOutage(error) : describeDatabaseOutage(error);
      log.warn(`${problem}. Trying again in ${wait / 1000} s.`, {
        attempt: attempts,
        error,
      });
      await sleep(wait, undefined, { signal });
    }
  }
}
