import { expect, test } from 'vitest';
import { supabaseSteps } from '../../src/adapters/supabase-steps.ts';
import type { DueStep } from '../../src/core/steps.ts';
import { faultStage } from '../support/fault-stage.ts';
import { ALICE, BEN, readable } from '../support/world.ts';

const stage = await faultStage();
const { db, slack, runUntilQuiet } = stage;
const steps = supabaseSteps(db.database);

const HOUR_MS = 3_600_000;
const inHours = (n: number): Date => new Date(Date.now() + n * HOUR_MS);

/** Alice is told of leads that nobody claims. */
const takeFor = (step: DueStep): Promise<number> =>
  steps.take([step], [{ to: ALICE, at: new Date(), sendBy: inHours(1) }], false);

const direct = () => slack().messages(`D${ALICE.slice(1)}`);

/** A posted lead that nobody has claimed for four hours, and its escalation. */
async function dueEscalation(): Promise<DueStep> {
  const alertId = await stage.addHotLead();
  await runUntilQuiet();
  await db.sql(`update lead_bot.alerts set waits_since = waits_since - interval '4 hours'`);
  const { cases } = await steps.due(50);
  const found = cases.find((one) => one.alertId === alertId);
  if (found === undefined) throw new Error('no step is due');
  return { alertId, kind: 'escalation', period: found.period, until: null };
}

const moves: [string, (alertId: string) => Promise<unknown>][] = [
  ['claimed', (id) => db.alerts.claim(id, BEN)],
  ['snoozed', (id) => db.alerts.snooze(id, BEN, inHours(24))],
  ['closed as not a fit', (id) => db.alerts.notAFit(id, BEN, 'too-small', '', 90 * 24 * HOUR_MS)],
];

test.each(moves)(
  'fault-59 an escalation is due, and its lead is %s before it is taken: it is not sent',
  async (_, move) => {
    const step = await dueEscalation();
    await move(step.alertId);
    expect(await takeFor(step)).toBe(0);
    await runUntilQuiet();
    expect(direct()).toEqual([]);
  },
);

test.each(moves)(
  'fault-59 an escalation waits to be posted, and its lead is %s: it is not sent',
  async (_, move) => {
    const step = await dueEscalation();
    expect(await takeFor(step)).toBe(1);
    await move(step.alertId);
    await runUntilQuiet();
    expect(direct()).toEqual([]);
  },
);

test('fault-59 an escalation whose lead still waits is sent, once', async () => {
  const step = await dueEscalation();
  expect(await takeFor(step)).toBe(1);
  expect(await takeFor(step)).toBe(0);
  await runUntilQuiet();
  expect(direct().map((one) => readable(one))).toHaveLength(1);
});
