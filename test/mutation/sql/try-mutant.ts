import { setTimeout as wait } from 'node:timers/promises';
import { isTimeout, type Lane } from './lane.ts';
import type { Mutant } from './mutants.ts';
import type { Notices } from './notices.ts';
import type { Reach } from './reach.ts';

/** Of one test file. Its tests have limits of their own. */
const STUCK_AFTER_MS = 180_000;

export interface Outcome {
  mutant: Mutant;
  verdict: 'noticed' | 'timed out' | 'survived';
  /** The test that noticed; empty if none did. */
  by: { file: string; test: string };
  testsRun: number;
  /** Tests that reach the function. */
  testsReaching: number;
  seconds: number;
}

export interface Step {
  file: string;
  ids: string[];
}

/** Words that say nothing about a function. */
const COMMON = new Set(['lead', 'leads', 'json', 'rows', 'take', 'with', 'note', 'want']);

/**
 * The tests that reach the mutant's function. First the file that noticed this mutant in an earlier run, then those that
 * noticed others of the function, then those with the most tests that have a word of its name in their file's name or
 * their own, then those that reach little else and are quick.
 */
export function stepsFor({ id, name }: Mutant, reach: Reach, notices: Notices): Step[] {
  const words = name.split('_').filter((word) => word.length >= 4 && !COMMON.has(word));
  const steps = [...reach].flatMap(([file, tests]) => {
    const reaching = tests.filter(({ reached, fails }) => !fails && reached.includes(name));
    if (reaching.length === 0) return [];
    const cost = 1500 + reaching.reduce((sum, { ms }) => sum + ms, 0);
    const aim = reaching.reduce((sum, { reached }) => sum + 1 / reached.length, 0);
    const caught = notices.weight(id, file);
    const named = reaching.filter((test) => {
      const text = `${file} ${test.name}`.toLowerCase();
      return words.some((word) => text.includes(word));
    }).length;
    return { file, ids: reaching.map(({ id }) => id), caught, named, worth: aim / cost };
  });
  return steps.sort((a, b) => b.caught - a.caught || b.named - a.named || b.worth - a.worth);
}

/**
 * Puts the mutant in place of its function, and leaves it there.
 *
 * @param limit seconds after which no further test file is started
 */
export async function tryMutant(
  lane: Lane,
  mutant: Mutant,
  steps: readonly Step[],
  limit: number,
): Promise<Outcome> {
  const since = performance.now();
  const seconds = () => (performance.now() - since) / 1000;
  const testsReaching = steps.reduce((sum, { ids }) => sum + ids.length, 0);
  let testsRun = 0;
  const end = (verdict: Outcome['verdict'], file = '', test = ''): Outcome => ({
    mutant,
    verdict,
    by: { file, test },
    testsRun,
    testsReaching,
    seconds: seconds(),
  });
  await lane.put(mutant.sql);
  for (const { file, ids } of steps) {
    if (seconds() > limit) break;
    const runs = await Promise.race([
      lane.run(file, ids),
      wait(STUCK_AFTER_MS, undefined, { ref: false }),
    ]);
    if (runs === undefined) return end('timed out', file);
    testsRun += runs.length;
    const failed = runs.find((run) => run.failed);
    if (failed === undefined) continue;
    return end(isTimeout(failed.error) ? 'timed out' : 'noticed', file, failed.name);
  }
  return end('survived');
}
