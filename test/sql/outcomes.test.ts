import { expect, test } from 'vitest';
import { z } from 'zod';
import { readOutcomesHealth, supabaseOutcomes } from '../../src/adapters/supabase-outcomes.ts';
import type { GestureResult } from '../../src/core/alert.ts';
import { SEND_AGAIN_SQL } from '../../src/doctor/outcomes.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';
import { inOtherTransaction } from '../support/other-transaction.ts';
import {
  bodyOf,
  ENDPOINT,
  failed,
  GONE,
  LEASE_MS,
  OTHER_ENDPOINT,
  outcomeStage,
} from '../support/outcome-stage.ts';

const db = await botDatabase();
const { alerts } = db;
const stage = outcomeStage(db);
const { outcomes, take, takeOne, confirm, turnOn, deliverAll, later, anAlert, areDue } = stage;

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const HOUR_MS = 3_600_000;

const typesOf = (sent: readonly { type: string }[]) => sent.map(({ type }) => type);
const rows = (table: string) => db.sql(`select * from lead_bot.${table}`);
const undo = async (id: string, made: GestureResult) => {
  if (!made.ok) throw new Error(made.refusal.why);
  await alerts.undo(id, ANNA, made.picture.alert.undo?.id ?? '');
};
const health = () => readOutcomesHealth(db.database, ENDPOINT);

/** Every line of the history, and the webhook it makes. A new kind needs a decision here. */
const TYPES: Readonly<Record<string, string | null>> = {
  absorbed: 'lead.absorbed',
  asked: null,
  claimed: 'lead.claimed',
  contacted: 'lead.contacted',
  cooled: 'lead.cooled',
  // Whoever erases here erases in the CRM, too; a webhook would name the company again.
  erased: null,
  escalated: null,
  expired: 'lead.released',
  'given-back': 'lead.handed_over',
  'handed-over': 'lead.handed_over',
  // Only after lead.cooled.
  joined: 'lead.hot_again',
  kept: null,
  lapsed: null,
  left: null,
  merged: 'lead.merged',
  // Of a company's domain; a single lead that leaves is none.
  moved: null,
  'not-a-fit': 'lead.not_a_fit',
  noted: null,
  offered: null,
  opened: 'lead.opened',
  outcome: 'lead.outcome',
  passed: null,
  released: 'lead.released',
  reminded: null,
  returned: 'lead.hot_again',
  // The AE looks away for a while; the lead stands as before.
  snoozed: null,
  undone: null,
  warned: null,
  woke: null,
};

test('for each kind of event in the history it is decided which webhook it makes', async () => {
  const [{ check } = { check: '' }] = await db.sql<{ check: string }>(
    `select pg_get_constraintdef(oid) as check from pg_constraint where conname = 'alert_events_kind_check'`,
  );
  const kinds = [...check.matchAll(/'([a-z-]+)'::text/g)].map(([, kind = '']) => kind);
  const found = await db.sql<{ kind: string; type: string | null }>(
    `select k.kind, lead_bot.outcome_type(k.kind, null, 'claimed', null) as type from unnest($1::text[]) k (kind)`,
    [kinds],
  );
  expect(Object.fromEntries(found.map(({ kind, type }) => [kind, type]))).toEqual(TYPES);
});

test('while no bot sends webhooks, gestures write none', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'email', '');
  expect([await rows('outcomes'), await rows('outcome_queues')]).toEqual([[], []]);
  expect(await areDue()).toBe(false);
});

test('the life of a lead is a series without gaps, and says how it stands after each step', async () => {
  await turnOn();
  const id = await anAlert({ domain: 'acme.example', company: 'Acme', score: 85 });
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'call', 'left a message');
  await alerts.contact(id, ANNA, 'email', '');
  await alerts.outcome(id, ANNA, 'meeting', null, '');
  const sent = await deliverAll();
  const standing = { company: { domain: 'acme.example', name: 'Acme' }, closed: false, hot: true };
  const open = { ...standing, score: 85, not_a_fit: null, alert_id: id, outcome: null, touches: 0 };
  expect(sent.map(({ type, data }) => ({ type, ...data }))).toEqual([
    { type: 'lead.opened', ...open, sequence: 1, status: 'open', owned: false },
    { type: 'lead.claimed', ...open, sequence: 2, status: 'claimed', owned: true },
    {
      ...{ type: 'lead.contacted', ...open, sequence: 3, status: 'contacted', owned: true },
      ...{ method: 'call', touches: 1 },
    },
    {
      ...{ type: 'lead.contacted', ...open, sequence: 4, status: 'contacted', owned: true },
      ...{ method: 'email', touches: 2 },
    },
    {
      ...{ type: 'lead.outcome', ...open, sequence: 5, status: 'contacted', owned: true },
      ...{ touches: 2, outcome: 'meeting', try_again_at: null },
    },
  ]);
});

test('a release says who let go: its owner, the deadline, or the one it was handed to', async () => {
  await turnOn();
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await alerts.release(id, ANNA);
  await alerts.claim(id, ANNA);
  await db.sql(
    `update lead_bot.alerts set owner = null, status = 'open', claimed_at = null where id = $1`,
    [id],
  );
  await db.sql(`select lead_bot.log_event($1, 'expired', null, null, 'claimed', 'open', $2)`, [
    id,
    ANNA,
  ]);
  await alerts.handOver(id, BEN, ANNA, '', { isManager: true });
  await alerts.giveBack(id, ANNA);
  const released = (await deliverAll()).filter(({ type }) => type === 'lead.released');
  expect(released.map(({ data }) => [data['why'], data['status']])).toEqual([
    ['released', 'open'],
    ['not-contacted', 'open'],
    ['given-back', 'open'],
  ]);
});

test('a lead given back to its owner is handed over, and says so', async () => {
  await turnOn();
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await alerts.handOver(id, ANNA, BEN, 'yours?');
  await alerts.giveBack(id, BEN);
  const [, , ...handed] = await deliverAll();
  expect(handed.map(({ type, data }) => [type, data['given_back'], data['status']])).toEqual([
    ['lead.handed_over', false, 'claimed'],
    ['lead.handed_over', true, 'claimed'],
  ]);
});

test('not a fit says why and until when; when that is over, the lead is reopened as a new alert', async () => {
  await turnOn();
  const id = await anAlert({ domain: 'acme.example' });
  await alerts.notAFit(id, ANNA, 'competitor', '', HOUR_MS);
  await addLead(db, { domain: 'acme.example', name: 'Somebody New' });
  await db.poll();
  const sent = await deliverAll();
  expect(sent.map(({ type, data }) => [type, data.alert_id === id, data.sequence])).toEqual(
    expect.arrayContaining([
      ['lead.opened', true, 1],
      ['lead.not_a_fit', true, 2],
      ['lead.reopened', true, 3],
      ['lead.opened', false, 1],
    ]),
  );
  expect(sent.find(({ type }) => type === 'lead.not_a_fit')?.data['not_a_fit']).toEqual({
    reason: 'competitor',
    until: expect.any(String),
  });
});

test('an undone gesture that waits is still sent, followed by its undo and how things stand now', async () => {
  await turnOn();
  const id = await anAlert();
  await undo(id, await alerts.claim(id, ANNA));
  const [, claim, undone] = await deliverAll();
  expect(claim).toMatchObject({ type: 'lead.claimed', data: { status: 'claimed', owned: true } });
  expect(undone).toMatchObject({
    type: 'lead.undone',
    data: { undone: 'lead.claimed', undone_sequence: 2, status: 'open', owned: false, sequence: 3 },
  });
});

test('what is done and undone twice is undone by its own number', async () => {
  await turnOn();
  const id = await anAlert();
  for (let n = 0; n < 2; n++) await undo(id, await alerts.claim(id, ANNA));
  const sent = await deliverAll();
  const numbers = sent.map(({ data }) => [data['sequence'], data['undone_sequence']]);
  expect(numbers.filter(([, undone]) => undone !== undefined)).toEqual([
    [3, 2],
    [5, 4],
  ]);
});

test('the undo of something that is no webhook is none either', async () => {
  await turnOn();
  const id = await anAlert();
  await undo(id, await alerts.snooze(id, ANNA, new Date(Date.now() + HOUR_MS)));
  expect(typesOf(await deliverAll())).toEqual(['lead.opened']);
});

test('the undo of a gesture that was no webhook names its type, and no other number', async () => {
  await turnOn();
  const id = await anAlert();
  await deliverAll();
  await later('73 hours');
  const claimed = await alerts.claim(id, ANNA);
  await turnOn();
  await undo(id, claimed);
  expect(await deliverAll()).toMatchObject([
    { type: 'lead.undone', data: { undone: 'lead.claimed', undone_sequence: null, sequence: 2 } },
  ]);
});

test('a claimed lead that cools stays claimed, and is hot again once, however many of its leads are', async () => {
  await turnOn();
  const lead = await addLead(db, { domain: 'acme.example' });
  const colleague = await addLead(db, { domain: 'acme.example' });
  await db.poll();
  const id = await db.onlyAlert();
  await alerts.claim(id, ANNA);
  await deliverAll();
  for (const one of [lead, colleague]) await rescore(db, one, 40);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  for (const one of [lead, colleague]) await rescore(db, one, 90);
  await db.poll();
  expect(
    (await deliverAll()).map(({ type, data }) => [
      type,
      data['hot'],
      data['status'],
      data['closed'],
      data['score'],
    ]),
  ).toEqual([
    ['lead.cooled', false, 'claimed', false, 40],
    ['lead.hot_again', true, 'claimed', false, 90],
  ]);
});

test('an alert that cools while nobody has it is closed', async () => {
  await turnOn();
  const lead = await addLead(db);
  await db.poll();
  await deliverAll();
  await rescore(db, lead, 40);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  expect(await deliverAll()).toMatchObject([
    { type: 'lead.cooled', data: { status: 'cooled', closed: true, hot: false } },
  ]);
});

test('of two alerts that turn out to be one company, the merged one names the one that continues', async () => {
  await turnOn();
  const ada = await addLead(db, { domain: 'old.example' });
  await db.poll();
  const merged = await db.onlyAlert();
  const kept = await anAlert({ domain: 'new.example', company: 'New' });
  await alerts.claim(kept, BEN);
  await deliverAll();
  await db.sql(`update public.developer_signups set company_domain = 'new.example' where id = $1`, [
    ada,
  ]);
  await db.sweep();
  await db.age('2 hours');
  await db.poll();
  const sent = await deliverAll();
  expect(sent.filter(({ data }) => data.alert_id === merged)).toMatchObject([
    { type: 'lead.moved' },
    { type: 'lead.merged', data: { status: 'merged', closed: true, continues_as: kept } },
  ]);
  expect(typesOf(sent.filter(({ data }) => data.alert_id === kept))).toEqual(['lead.absorbed']);
});

test('each event names the company of its own alert', async () => {
  await turnOn();
  const acme = await anAlert({ domain: 'acme.example', company: 'Acme' });
  const globex = await anAlert({ domain: 'globex.example', company: 'Globex' });
  const sent = await deliverAll();
  expect(new Map(sent.map(({ data }) => [data.alert_id, data['company']]))).toEqual(
    new Map([
      [acme, { domain: 'acme.example', name: 'Acme' }],
      [globex, { domain: 'globex.example', name: 'Globex' }],
    ]),
  );
});

test("an alert's next event waits for the one before; other alerts' don't", async () => {
  await turnOn();
  const one = await anAlert();
  await alerts.claim(one, ANNA);
  const other = await anAlert();
  const due = await take();
  expect(due.map(({ event }) => [event.alertId, event.type])).toEqual([
    [one, 'lead.opened'],
    [other, 'lead.opened'],
  ]);
  expect(await take()).toEqual([]);
  for (const taken of due) await confirm(taken);
  expect((await takeOne()).event.type).toBe('lead.claimed');
});

test('once the last event of an alert is delivered, nothing is due', async () => {
  await turnOn();
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await confirm(await takeOne());
  expect(await areDue()).toBe(true);
  await confirm(await takeOne());
  expect(await areDue()).toBe(false);
});

test('an attempt that nobody reported is repeated under the same id when its lease ends', async () => {
  await turnOn();
  await anAlert();
  const first = await takeOne();
  expect(await take()).toEqual([]);
  await later('61 seconds');
  const second = await takeOne();
  expect([second.event.id, second.attempt]).toEqual([first.event.id, 2]);
  expect(await confirm(first)).toBe('stale');
  expect(await confirm(second)).toBe('delivered');
  expect(await take()).toEqual([]);
});

test('bots that take at the same time share the events, and none is taken twice', async () => {
  await turnOn();
  for (let n = 0; n < 12; n++) await anAlert();
  const bots = Array.from({ length: 4 }, () => take(10));
  const taken = (await Promise.all(bots)).flat();
  expect(taken).toHaveLength(12);
  expect(new Set(taken.map(({ event }) => event.id)).size).toBe(12);
});

test('an event that is being written while another one is confirmed is not forgotten', async () => {
  await turnOn();
  const id = await anAlert();
  const opened = await takeOne();
  await inOtherTransaction(db, async (other) => {
    await other.query(`select public.lead_bot_claim($1, $2)`, [id, ANNA]);
    const confirmed = confirm(opened);
    await other.query('commit');
    await confirmed;
  });
  expect((await takeOne()).event.type).toBe('lead.claimed');
});

test('a failure is retried after 5 s, then twice as long each time, up to half an hour', async () => {
  await turnOn();
  await anAlert();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 12; attempt++) {
    const taken = await takeOne();
    await confirm(taken, failed());
    const [{ seconds } = { seconds: 0 }] = await db.sql<{ seconds: number }>(
      'select extract(epoch from due_at - now())::float as seconds from lead_bot.outcome_queues',
    );
    waits.push(seconds);
    await later('40 minutes');
    await db.sql(`update lead_bot.outcomes set give_up_at = now() + interval '1 day' where true`);
  }
  const expected = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800, 1800];
  for (const [n, wait] of waits.entries()) {
    expect(wait).toBeGreaterThan((expected[n] ?? 0) - 1);
    expect(wait).toBeLessThan((expected[n] ?? 0) * 1.26);
  }
});

test('says for how long the event has waited that is given up first', async () => {
  await turnOn();
  await anAlert();
  await later('2 hours');
  await anAlert();
  const { waiting, oldestWaitingSeconds } = await health();
  expect(waiting).toBe(2);
  expect(oldestWaitingSeconds).toBeGreaterThanOrEqual(7_200);
  expect(oldestWaitingSeconds).toBeLessThan(7_260);
});

test('while the endpoint fails, one event at a time finds out whether it works again', async () => {
  await turnOn();
  for (let n = 0; n < 5; n++) await anAlert();
  const due = await take();
  for (const taken of due) await confirm(taken, failed());
  expect(await areDue()).toBe(false);
  await later('10 seconds');
  expect(await areDue()).toBe(true);
  const probe = await takeOne();
  expect([await take(), await areDue()]).toEqual([[], false]);
  await confirm(probe);
  expect(await take()).toHaveLength(4);
});

test('events that are refused for what they are do not hold up one that was not tried yet', async () => {
  await turnOn();
  for (let n = 0; n < 5; n++) await anAlert();
  for (const taken of await take()) await confirm(taken, failed('HTTP 400'));
  await later('10 minutes');
  const good = await anAlert();
  expect((await takeOne()).event.alertId).toBe(good);
});

test('a probe that finds its event locked does not prolong the pause', async () => {
  await turnOn();
  const id = await anAlert();
  await confirm(await takeOne(), failed());
  await later('10 minutes');
  await inOtherTransaction(db, async (other) => {
    await other.query(`select public.lead_bot_claim($1, $2)`, [id, ANNA]);
    expect(await take()).toEqual([]);
  });
  expect((await takeOne()).event.alertId).toBe(id);
});

test('attempts that were under way together prolong the pause once, each failed probe doubles it', async () => {
  await turnOn();
  for (let n = 0; n < 5; n++) await anAlert();
  for (const taken of await take()) await confirm(taken, failed());
  expect((await health()).endpoint?.failures).toBe(1);
  for (let failures = 2; failures <= 4; failures++) {
    await later('10 minutes');
    await confirm(await takeOne(), failed());
    expect((await health()).endpoint?.failures).toBe(failures);
  }
});

test('a pause lasts although attempts that were under way with the failed one succeed', async () => {
  await turnOn();
  for (let n = 0; n < 4; n++) await anAlert();
  const [refused, ...taken] = await take(3);
  if (refused === undefined) throw new Error('nothing was due');
  await confirm(refused, failed('HTTP 429', 60_000));
  for (const one of taken) expect(await confirm(one)).toBe('delivered');
  expect([await take(), await areDue()]).toEqual([[], false]);
  await later('70 seconds');
  await confirm(await takeOne());
  expect((await health()).endpoint).toMatchObject({ failures: 0, pausedUntil: null });
});

test('a receiver that asks for time gets it, but not more than an hour', async () => {
  await turnOn();
  await anAlert();
  await confirm(await takeOne(), failed('HTTP 429', 20 * 60_000));
  await later('19 minutes');
  expect(await take()).toEqual([]);
  await later('2 minutes');
  await confirm(await takeOne(), failed('HTTP 429', 100 * HOUR_MS));
  await later('61 minutes');
  expect(await take()).toHaveLength(1);
});

test('an event that alone is refused is set aside after three days, and the next one of its alert goes on', async () => {
  await turnOn();
  const id = await anAlert();
  const opened = await takeOne();
  await alerts.claim(id, ANNA);
  expect(await confirm(opened, failed('HTTP 422'))).toBe('waiting');
  // Others are taken.
  await db.sql(
    'update lead_bot.outcome_endpoints set failures = 0, paused_until = null where true',
  );
  await db.sql(
    `update lead_bot.outcomes set give_up_at = now() where sequence = 1 and state = 'waiting'`,
  );
  await later('40 minutes');
  const last = await takeOne();
  expect(last.event.id).toBe(opened.event.id);
  expect(await confirm(last, failed('HTTP 422'))).toBe('set-aside');
  await later('10 minutes');
  expect((await takeOne()).event.type).toBe('lead.claimed');
  expect((await health()).setAside).toEqual([{ reason: 'HTTP 422', count: 1 }]);
});

test('what an endpoint that is down has not taken for three days is set aside without an attempt each', async () => {
  await turnOn();
  for (let n = 0; n < 5; n++) await anAlert();
  await confirm((await take(1))[0] ?? (await takeOne()), failed());
  await later('73 hours');
  const { work, givenUp } = await outcomes.take(10, LEASE_MS, false);
  expect([work, givenUp]).toEqual([[], 5]);
  expect(await health()).toMatchObject({
    waiting: 0,
    setAside: [{ reason: 'HTTP 500', count: 5 }],
  });
});

test('an event that is being sent when its time is over is not set aside before its report', async () => {
  await turnOn();
  for (let n = 0; n < 3; n++) await anAlert();
  const [failing, under] = await take(2);
  if (failing === undefined || under === undefined) throw new Error('too few are due');
  await confirm(failing, failed());
  await db.sql('update lead_bot.outcomes set give_up_at = now() where true');
  const { givenUp } = await outcomes.take(10, LEASE_MS, false);
  expect([givenUp, await confirm(under)]).toEqual([2, 'delivered']);
});

test('an event older than three days still gets one attempt when all bots were down meanwhile', async () => {
  await turnOn();
  await anAlert();
  await later('80 hours');
  await turnOn();
  await later('61 seconds');
  expect(await confirm(await takeOne())).toBe('delivered');
});

test('the operator can have events sent again under the same ids, for another three days', async () => {
  await turnOn();
  await anAlert();
  const first = await takeOne();
  await later('73 hours');
  expect(await confirm(await takeOne().catch(() => first), failed())).toBe('set-aside');
  await db.sql(SEND_AGAIN_SQL);
  await later('10 minutes');
  const again = await takeOne();
  expect(again.event).toMatchObject({ id: first.event.id, type: 'lead.opened' });
  expect(await confirm(again, failed())).toBe('waiting');
});

test('what was delivered is not sent again with what was set aside', async () => {
  await turnOn();
  const alert = await anAlert();
  await confirm(await takeOne());
  await db.alerts.claim(alert, ANNA);
  const claimed = await takeOne();
  await db.sql(`update lead_bot.outcomes set give_up_at = now() where state = 'waiting'`);
  expect(await confirm(claimed, failed('HTTP 422'))).toBe('set-aside');
  expect(await db.sql(SEND_AGAIN_SQL)).toEqual([{ send_outcomes_again: '1' }]);
  await db.sql(
    'update lead_bot.outcome_endpoints set failures = 0, paused_until = null where true',
  );
  expect((await deliverAll()).map(({ type }) => type)).toEqual(['lead.claimed']);
});

test('after 410 nothing is sent, whichever bot asks, until one starts again', async () => {
  await turnOn();
  await anAlert();
  await confirm(await takeOne(), GONE);
  await anAlert();
  await later('11 hours');
  expect([await take(), await areDue()]).toEqual([[], false]);
  expect((await health()).endpoint?.goneAt).not.toBeNull();
  expect((await outcomes.take(10, LEASE_MS, true)).work).toHaveLength(2);
});

test('after 410 one event tries again every 12 hours, and ends the stop if it is taken', async () => {
  await turnOn();
  await anAlert();
  await confirm(await takeOne(), GONE);
  await later('13 hours');
  await confirm(await takeOne());
  expect((await health()).endpoint).toMatchObject({ failures: 0, goneAt: null });
});

test('a bot with another URL sends what the old one no longer takes', async () => {
  await turnOn();
  await anAlert();
  await confirm(await takeOne(), GONE);
  await later('10 minutes');
  const corrected = supabaseOutcomes(db.database, { fingerprint: OTHER_ENDPOINT, people: false });
  expect((await corrected.take(10, LEASE_MS, true)).work).toHaveLength(1);
});

test('three days after the last bot with a URL nothing is written, and what waits is deleted', async () => {
  await turnOn();
  const id = await anAlert();
  await later('73 hours');
  await alerts.claim(id, ANNA);
  expect(await rows('outcomes')).toHaveLength(1);
  expect(await areDue()).toBe(false);
  await db.tidy(365);
  expect([await rows('outcomes'), (await health()).waiting]).toEqual([[], 0]);
});

test('what a starting bot has just taken is not deleted, although nobody sent for three days', async () => {
  await turnOn();
  await anAlert();
  await later('73 hours');
  await inOtherTransaction(db, async (other) => {
    await other.query(`select public.lead_bot_take_outcomes($1, 1, 60, false, true)`, [ENDPOINT]);
    await db.tidy(365);
    await other.query('commit');
  });
  expect(await rows('outcomes')).toMatchObject([{ state: 'waiting', attempts: 1 }]);
});

test('a bot that has nothing to send keeps the events coming', async () => {
  await turnOn();
  await later('71 hours');
  await take();
  await later('71 hours');
  await anAlert();
  expect(await take()).toHaveLength(1);
});

test('events are deleted a week after delivery, 30 days after they were set aside', async () => {
  await turnOn();
  await anAlert();
  await deliverAll();
  await anAlert();
  const lost = await takeOne();
  await db.sql('update lead_bot.outcomes set give_up_at = now() where done_at is null');
  await confirm(lost, failed());
  await later('6 days');
  await db.tidy(365);
  expect(await rows('outcomes')).toHaveLength(2);
  await later('2 days');
  await db.tidy(365);
  expect(await rows('outcomes')).toMatchObject([{ state: 'set-aside' }]);
  await later('23 days');
  await db.tidy(365);
  expect(await rows('outcomes')).toEqual([]);
});

test('the numbers of an alert go on after its old events are deleted', async () => {
  await turnOn();
  const id = await anAlert();
  await deliverAll();
  await later('8 days');
  await db.tidy(365);
  await turnOn();
  await alerts.claim(id, ANNA);
  expect(bodyOf(await takeOne()).data.sequence).toBe(2);
});

test('a confirmation with an unknown result, or none, is refused', async () => {
  await turnOn();
  await anAlert();
  const { event, token } = await takeOne();
  for (const result of [{ outcome: 'eaten' }, {}]) {
    const args = { p_id: event.id, p_token: token, p_endpoint: ENDPOINT, p_result: result };
    await expect(
      db.database.call('lead_bot_confirm_outcome', args, z.unknown()),
    ).rejects.toMatchObject({ code: '22023' });
  }
});
