import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyDatabase } from '../support/supabase.ts';
import { runSeed } from './run-seed.ts';
import { scenarios } from './scenario.ts';
import { simulate } from './simulation.ts';
import { simulatorDatabase } from './simulator-database.ts';
import { applyVirtualSql, readersOfTheRealWorld } from './virtual-sql.ts';

const database = await simulatorDatabase();

test('nothing in a database under virtual time reads the real clock or chance', async () => {
  const { databaseUrl, adminUrl } = await emptyDatabase();
  await applyVirtualSql(databaseUrl);
  expect(await readersOfTheRealWorld(adminUrl)).toEqual([]);
});

test('the same seed is the same run, whatever ran before it', async () => {
  const [scenario] = fc.sample(scenarios(), { seed: 7, numRuns: 1 });
  if (scenario === undefined) throw new Error('fast-check gave no scenario');
  const first = await simulate(database, 7, scenario, { record: true });
  await runSeed(database, 8);
  const second = await simulate(database, 7, scenario, { record: true });
  expect(first.history.length).toBeGreaterThan(20);
  expect(second).toEqual(first);
});
