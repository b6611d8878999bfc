import type pg from 'pg';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { GestureResult } from '../../src/core/alert.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { inOtherTransaction } from '../support/other-transaction.ts';

const db = await botDatabase();
const { alerts } = db;

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';

/** A claimed lead whose owner was warned, so that it can be returned. */
async function overdue(): Promise<string> {
  await db.poll();
  await addLead(db);
  await db.poll();
  const id = await db.onlyAlert();
  await alerts.claim(id, ANNA);
  expect(await take(await stepOf(id, 'warning'))).toBe(1);
  await db.sql(`
    update lead_bot.messages set state = 'posted', slack_channel = 'D1', slack_ts = '1.1',
      posted_at = now() - interval '3 hours' where kind = 'dm';
    update lead_bot.steps set at = at - interval '3 hours'`);
  return id;
}

/** A step about what an alert is now. */
async function stepOf(id: string, kind: string): Promise<string> {
  const [row] = await db.sql(
    `select jsonb_build_object('alert_id', id, 'kind', $2::text, 'period', waits_since)::text as step
       from lead_bot.alerts where id = $1`,
    [id, kind],
  );
  return z.object({ step: z.string() }).parse(row).step;
}

const TAKE = `select public.lead_bot_take_steps(
  jsonb_build_array($1::jsonb),
  jsonb_build_array(jsonb_build_object('to', '${ANNA}', 'at', now(), 'send_by', now() + interval '1 hour')),
  false) as taken`;
const answer = z.tuple([z.object({ taken: z.number() })]);
const take = async (step: string) => answer.parse(await db.sql(TAKE, [step]))[0].taken;
const takeIn = async (other: pg.Client, step: string) =>
  answer.parse((await other.query(TAKE, [step])).rows)[0].taken;

/** Waits until one of our calls is blocked, or naps. */
async function until(event: 'Lock' | 'Timeout'): Promise<void> {
  for (;;) {
    const [row] = await db.sql<{ waiting: boolean }>(
      `select exists (select from pg_stat_activity
         where datname = current_database() and wait_event_type = $1) as waiting`,
      [event],
    );
    if (row?.waiting) return;
  }
}

const why = (result: GestureResult) => (result.ok ? 'ok' : result.refusal.why);
const alertOf = async (id: string) => (await alerts.find(id))?.alert;
const undoOf = async (id: string) => (await alertOf(id))?.undo?.id ?? '';
const countOf = async (kind: string) =>
  (await db.sql('select from lead_bot.messages where kind = $1', [kind])).length;

/** What a gesture comes to that waits for a return. */
async function afterReturn(id: string, gesture: () => Promise<GestureResult>): Promise<string> {
  const step = await stepOf(id, 'return');
  return inOtherTransaction(db, async (bot) => {
    expect(await takeIn(bot, step)).toBe(1);
    const late = gesture();
    await until('Lock');
    await bot.query('commit');
    return why(await late);
  });
}

test('of two bots that take a step at the same time, one does, and without waiting', async () => {
  const id = await overdue();
  const step = await stepOf(id, 'return');
  await inOtherTransaction(db, async (bot) => {
    expect(await takeIn(bot, step)).toBe(1);
    expect(await take(step)).toBe(0);
    await bot.query('commit');
  });
  expect(await take(step)).toBe(0);
  expect(await countOf('notice')).toBe(1);
});

test('a claim that waits for a return gets the lead', async () => {
  const id = await overdue();
  expect(await afterReturn(id, () => alerts.claim(id, BEN))).toBe('ok');
  expect(await alertOf(id)).toMatchObject({ owner: BEN });
});

test('a Keep that waits for a return is too late', async () => {
  const id = await overdue();
  expect(await afterReturn(id, () => alerts.keep(id, ANNA))).toBe('not-yours');
  expect(await alertOf(id)).toMatchObject({ status: 'open', owner: null });
});

test('no return can be undone by undoing what came before it', async () => {
  const id = await overdue();
  const undo = await undoOf(id);
  expect(await afterReturn(id, () => alerts.undo(id, ANNA, undo))).toBe('changed-since');
  expect(await alertOf(id)).toMatchObject({ status: 'open', owner: null });
});

test.each([
  ['keeps', 'select public.lead_bot_keep($1, $2)'],
  ['contacts', `select public.lead_bot_contact($1, $2, 'call', null)`],
  ['releases', 'select public.lead_bot_release($1, $2)'],
  ['snoozes', `select public.lead_bot_snooze($1, $2, now() + interval '1 hour')`],
])('nothing is returned that its owner %s at that moment', async (_, gesture) => {
  const id = await overdue();
  const step = await stepOf(id, 'return');
  await inOtherTransaction(db, async (owner) => {
    await owner.query(gesture, [id, ANNA]);
    expect(await take(step)).toBe(0);
    await owner.query('commit');
  });
  expect(await take(step)).toBe(0);
  expect(await db.sql(`select from lead_bot.alert_events where kind = 'expired'`)).toEqual([]);
});

test('an undone hand-over brings the warning of its owner back, and the return', async () => {
  const id = await overdue();
  const step = await stepOf(id, 'return');
  await alerts.handOver(id, ANNA, BEN, '');
  expect(await take(step)).toBe(0);
  const undo = await undoOf(id);
  await inOtherTransaction(db, async (owner) => {
    await owner.query('select public.lead_bot_undo($1, $2, $3)', [id, ANNA, undo]);
    expect(await take(step)).toBe(0);
    await owner.query('commit');
  });
  expect(await take(step)).toBe(1);
});

test('deadlines can be set while alerts are locked, without holding others meanwhile', async () => {
  await db.poll();
  for (const domain of ['one.example', 'two.example']) await addLead(db, { domain });
  await db.poll();
  await db.sql('update lead_bot.alerts set step_due_at = null');
  const [one, two] = await db.alertIds();
  await inOtherTransaction(db, async (poll) => {
    await poll.query('update lead_bot.alerts set owner = owner where id = $1', [one]);
    const setting = db.database.call('lead_bot_set_deadlines', { p_on: {} }, z.unknown());
    await until('Timeout');
    await poll.query('update lead_bot.alerts set owner = owner where id = $1', [two]);
    await poll.query('commit');
    await setting;
  });
  const left = await db.sql('select from lead_bot.alerts where step_due_at is null');
  expect(left).toEqual([]);
});

test('a job that read the deadlines before they were set puts nothing off', async () => {
  await db.poll();
  await addLead(db);
  await db.poll();
  const [row] = await db.sql(
    `select jsonb_build_array(jsonb_build_object('alert_id', id, 'seen', step_due_at))::text as cases
       from lead_bot.alerts`,
  );
  const { cases } = z.object({ cases: z.string() }).parse(row);
  await db.database.call('lead_bot_set_deadlines', { p_on: { claim: true } }, z.unknown());
  await db.sql('select public.lead_bot_defer_steps($1::jsonb)', [cases]);
  expect(await db.sql('select from lead_bot.alerts where step_due_at is null')).toEqual([]);
});

test('a return waits for the lead tables without holding its alert', async () => {
  const id = await overdue();
  const step = await stepOf(id, 'return');
  await inOtherTransaction(db, async (owner) => {
    await owner.query('lock table public.lead_dashboard');
    const taken = db.database.call(
      'lead_bot_take_steps',
      {
        p_steps: [JSON.parse(step)],
        p_readers: [{ to: ANNA, at: new Date(), send_by: new Date() }],
        p_together: false,
      },
      z.number(),
    );
    await until('Timeout');
    await owner.query('select from lead_bot.alerts where id = $1 for update nowait', [id]);
    await owner.query('commit');
    expect(await taken).toBe(1);
  });
});
