import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyDatabase } from '../support/supabase.ts';
import { runSeed } from './run-seed.ts';
import { scenarios } from './scenario.ts';
import { simulate } from './simulation.ts';
import { simulatorDatabase } from './simulator-database.ts';
import { applyVirtualSql, findRealClockReaders } from './virtual-sql.ts';

const database = await simulatorDatabase();

test('a database under virtual time reads neither the real clock nor randomness', async () => {
  const { databaseUrl, adminUrl } = await emptyDatabase();
  await applyVirtualSql(databaseUrl);
  expect(await findRealClockReaders(adminUrl)).toEqual([]);
});

test('the same seed gives the same run, whatever ran before', async () => {
  const [scenario] = fc.sample(scenarios(), { seed: 7, numRuns: 1 });
  if (scenario === undefined) throw new Error('fast-check gave no scenario');
  const first = await simulate(database, 7, scenario, { record: true });
  await runSeed(database, 8);
  const second = await simulate(database, 7, scenario, { record: true });
  expect(first.history.length).toBeGreaterThan(20);
  expect(second).toEqual(first);
});
