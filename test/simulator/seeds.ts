import { expect, test } from 'vitest';
import { describeFailure, runSeed } from './run-seed.ts';
import { simulatorDatabase } from './simulator-database.ts';

const SEEDS_PER_TEST = 50;
/** Enough for a machine ten times slower than ours. */
const TIMEOUT_MS = 300_000;

/** Defines tests that run these seeds, both ends included. A failure says how to replay its seed. */
export async function testSeeds(first: number, last: number): Promise<void> {
  const database = await simulatorDatabase();
  for (let from = first; from <= last; from += SEEDS_PER_TEST) {
    const to = Math.min(last, from + SEEDS_PER_TEST - 1);
    test(`seeds ${from} to ${to}: nothing lost, duplicated or stale`, {
      timeout: TIMEOUT_MS,
    }, async () => {
      for (let seed = from; seed <= to; seed++) {
        const { failure } = await runSeed(database, seed);
        if (failure !== null) expect.fail(describeFailure(failure));
      }
    });
  }
}
