import { setTimeout as sleep } from 'node:timers/promises';
import { databaseAnswer, fatalDatabaseProblem } from '../adapters/database-problem.ts';
import type { Health } from '../core/ports.ts';
import type { Readiness } from './health.ts';

export interface ReadinessInputs {
  connected: () => boolean;
  pollIsStale: () => boolean;
  readHealth: () => Promise<Health>;
  /** One sentence per further problem. */
  otherProblems: () => readonly string[];
}

/** Anyone can send probes, and several systems do, every few seconds. */
const CACHED_MS = 5_000;
/** Below the usual probe timeout. */
const ANSWER_WITHIN_MS = 2_000;

/** Whether the bot is ready: the database answers, Slack accepts messages, polls succeed. */
export function createReadiness(
  { connected, pollIsStale, readHealth, otherProblems }: ReadinessInputs,
  cachedMs = CACHED_MS,
): Readiness {
  let asked: { at: number; problems: Promise<readonly string[]> } | null = null;

  const askDatabase = (): Promise<readonly string[]> => {
    const now = performance.now();
    if (asked === null || now - asked.at >= cachedMs) {
      asked = {
        at: now,
        problems: readHealth().then(slackProblems, (error: unknown) => [
          fatalDatabaseProblem(error) ?? databaseAnswer(error) ?? NO_DATABASE,
        ]),
      };
    }
    return Promise.race([asked.problems, sleep(ANSWER_WITHIN_MS, [NO_DATABASE], { ref: false })]);
  };

  // A set, because a refused key may be reported twice.
  return async () => [
    ...new Set([
      ...(await askDatabase()),
      ...(connected() ? [] : ['not connected to Slack']),
      ...(pollIsStale() ? ['no poll has succeeded recently'] : []),
      ...otherProblems(),
    ]),
  ];
}

const NO_DATABASE = 'the database does not answer';

/** The replica whose token was refused has paused everything, so all replicas see it. */
const slackProblems = ({ paused }: Health): string[] =>
  paused
    .filter(({ channel }) => channel === '*')
    .map(({ reason }) => `Slack refuses every message (${reason ?? 'no reason given'})`);
