import { setTimeout as sleep } from 'node:timers/promises';
import { databaseAnswer, fatalDatabaseProblem } from '../adapters/database-problem.ts';
import type { Health } from '../core/ports.ts';
import type { Readiness } from './health.ts';

export interface ReadinessInputs {
  connected: () => boolean;
  pollIsStale: () => boolean;
  /** Asks the database. */
  readHealth: () => Promise<Health>;
  /** What else is in the way, in sentences. */
  otherProblems: () => readonly string[];
}

/** Probes come every few seconds, from several places at once, and anybody may send them. */
const REMEMBERED_MS = 5_000;
/** Less than a probe usually waits. */
const ANSWER_WITHIN_MS = 2_000;

/** Whether the bot can do its work: the database answers, Slack takes messages, polls go through. */
export function createReadiness(
  { connected, pollIsStale, readHealth, otherProblems }: ReadinessInputs,
  rememberedMs = REMEMBERED_MS,
): Readiness {
  let asked: { at: number; problems: Promise<readonly string[]> } | null = null;

  const askDatabase = (): Promise<readonly string[]> => {
    const now = performance.now();
    if (asked === null || now - asked.at >= rememberedMs) {
      asked = {
        at: now,
        problems: readHealth().then(slackProblems, (error: unknown) => [
          fatalDatabaseProblem(error) ?? databaseAnswer(error) ?? NO_DATABASE,
        ]),
      };
    }
    return Promise.race([asked.problems, sleep(ANSWER_WITHIN_MS, [NO_DATABASE], { ref: false })]);
  };

  // Two signs may say the same of a key that is refused.
  return async () => [
    ...new Set([
      ...(await askDatabase()),
      ...(connected() ? [] : ['not connected to Slack']),
      ...(pollIsStale() ? ['no poll has succeeded lately'] : []),
      ...otherProblems(),
    ]),
  ];
}

const NO_DATABASE = 'the database does not answer';

/** The pause of everything is how the bots tell each other that Slack refuses the token. */
const slackProblems = ({ paused }: Health): string[] =>
  paused
    .filter(({ channel }) => channel === '*')
    .map(({ reason }) => `Slack refuses every message (${reason ?? 'no reason given'})`);
