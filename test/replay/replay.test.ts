import type { QueryResultRow } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { VirtualDatabase } from '../simulator/virtual-database.ts';
import { emptyDatabase } from '../support/supabase.ts';
import { workingHours } from './calendar.ts';
import { replay } from './replay.ts';
import { applyReplaySql } from './replay-sql.ts';
import { judge, type Verdict } from './verdicts.ts';

const SMALL = { seed: 1, days: 3, leads: 300, aes: 4, hotPerDay: 2, say: () => {} };

/** The goals that don't hold, with what violates them. */
async function failures(hours = workingHours()): Promise<readonly Verdict[]> {
  const { databaseUrl, adminUrl } = await emptyDatabase();
  await applyReplaySql(databaseUrl, SMALL.aes);
  const database = await VirtualDatabase.connectForOneRun(adminUrl, SMALL.seed);
  afterAll(() => database.end());
  const evidence = await replay(database, { ...SMALL, hours });
  const read = (text: string): Promise<QueryResultRow[]> => database.read(evidence.endsAt, text);
  return (await judge(evidence, read)).filter(({ holds }) => !holds);
}

/** For busy machines: a replay takes six seconds of a processor. */
const TIMEOUT_MS = 180_000;

test('three days of four AEs keep every goal', { timeout: TIMEOUT_MS }, async () => {
  expect(await failures()).toEqual([]);
});

test('a bot that takes nights for working time fails', { timeout: TIMEOUT_MS }, async () => {
  const failed = await failures(workingHours('Mon-Sun 00:00-24:00'));
  expect(failed.map(({ goal }) => goal)).toContain(
    'no direct message or mention outside working hours',
  );
});
