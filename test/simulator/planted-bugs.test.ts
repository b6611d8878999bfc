import { expect, test } from 'vitest';
import type { Messenger } from '../../src/core/ports.ts';
import { runSeed } from './run-seed.ts';
import { simulatorDatabase } from './simulator-database.ts';
import type { VirtualDatabase } from './virtual-database.ts';

const MOST_SEEDS = 1_000;
const TIMEOUT_MS = 300_000;

/** What the first of the seeds breaks that breaks something. */
async function firstViolations(
  database: VirtualDatabase,
  breakMessenger?: (messenger: Messenger) => Messenger,
): Promise<string> {
  const broken = breakMessenger === undefined ? {} : { breakMessenger };
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const { failure } = await runSeed(database, seed, { shrink: false, ...broken });
    if (failure !== null) return `seed ${seed}: ${failure.violations.join('; ')}`;
  }
  return 'nothing';
}

const messengers: readonly [string, (real: Messenger) => Messenger][] = [
  ['never finds what it posted', (real) => ({ ...real, copies: async () => [] })],
  ['never deletes a second copy', (real) => ({ ...real, remove: async () => {} })],
  [
    'takes a timeout for a refusal',
    (real) => ({
      ...real,
      judge(error) {
        const verdict = real.judge(error);
        if (verdict.kind !== 'unclear') return verdict;
        return { ...verdict, kind: 'later', afterMs: 1_000, wholeChannel: false, counts: false };
      },
    }),
  ],
];

const healthy = await simulatorDatabase();

test.each(messengers)('caught: a messenger that %s', { timeout: TIMEOUT_MS }, async (_, broken) => {
  expect(await firstViolations(healthy, broken)).toMatch(/doubled|stale/);
});
