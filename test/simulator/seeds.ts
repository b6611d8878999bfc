import { expect, test } from 'vitest';
import { explain, runSeed } from './run-seed.ts';
import { simulatorDatabase } from './simulator-database.ts';

const SEEDS_PER_TEST = 50;
/** A machine that is ten times slower than ours still gets through. */
const TIMEOUT_MS = 300_000;

/** Tests that run these seeds, the last included, and fail with how to replay the first that breaks. */
export async function testSeeds(first: number, last: number): Promise<void> {
  const database = await simulatorDatabase();
  for (let from = first; from <= last; from += SEEDS_PER_TEST) {
    const to = Math.min(last, from + SEEDS_PER_TEST - 1);
    test(`seeds ${from} to ${to}: nothing is lost, doubled or stale`, {
      timeout: TIMEOUT_MS,
    }, async () => {
      for (let seed = from; seed <= to; seed++) {
        const { failure } = await runSeed(database, seed);
        if (failure !== null) expect.fail(explain(failure));
      }
    });
  }
}
