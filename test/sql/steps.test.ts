import { expect, test } from 'vitest';
import { z } from 'zod';
import type { StepKind } from '../../src/core/steps.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const BOSS = 'U0BOSS';
const GROUP = 'S0ONDUTY';
const HOUR_MS = 3_600_000;

const stepCase = z.looseObject({
  alert_id: z.string(),
  seen: z.string(),
  period: z.string(),
  channel: z.null(),
  status: z.string(),
  owner: z.string().nullable(),
  holder: z.string().nullable(),
  keeps: z.number(),
  owner_back_at: z.coerce.date().nullable(),
  last_step_at: z.string().nullable(),
  taken: z.array(
    z.object({ kind: z.string(), at: z.string(), delivered_at: z.string().nullable() }),
  ),
});
const dueAnswer = z.object({
  now: z.string(),
  since: z.object({
    claim: z.string().nullable(),
    contact: z.string().nullable(),
    follow_up: z.string().nullable(),
  }),
  cases: z.array(stepCase),
});

const due = () => db.database.call('lead_bot_steps_due', { p_limit: 50 }, dueAnswer);
const dueIds = async () => (await due()).cases.map((one) => one.alert_id);
const defer = (cases: readonly object[]) =>
  db.database.call('lead_bot_defer_steps', { p_cases: cases }, z.unknown());
const setDeadlines = (on: object) =>
  db.database.call('lead_bot_set_deadlines', { p_on: on }, z.unknown());
const stepsDue = async () => {
  const [row] = await db.sql('select lead_bot_changes(60, 10) as changes');
  return z.object({ changes: z.object({ steps_due: z.boolean() }) }).parse(row).changes.steps_due;
};
/** Puts off everything that is due. */
const deferAll = async () =>
  defer(
    (await due()).cases.map(({ alert_id, seen }) => ({ alert_id, seen, at: null, due_at: null })),
  );

const at = (ms: number) => new Date(Date.now() + ms).toISOString();
const reader = (to: string | null) => ({ to, at: at(0), send_by: at(HOUR_MS) });

interface Taken {
  to?: string | null;
  readers?: readonly object[];
  together?: boolean;
  until?: string;
}
/** Takes a step of these alerts in the period that they are in. */
async function take(kind: StepKind, ids: readonly string[], options: Taken = {}): Promise<number> {
  const { to = ANNA, readers = [reader(to)], together = false, until = null } = options;
  const steps: object[] = [];
  for (const id of ids) steps.push({ alert_id: id, kind, period: await periodOf(id), until });
  return takeThese(steps, readers, together);
}
const takeThese = (steps: readonly object[], readers: readonly object[], together = false) =>
  db.database.call(
    'lead_bot_take_steps',
    { p_steps: steps, p_readers: readers, p_together: together },
    z.number(),
  );

const periodRow = z.object({ period: z.string() });
const periodOf = async (id: string) => {
  const [row] = await db.sql(
    'select to_jsonb(waits_since) as period from lead_bot.alerts where id = $1',
    [id],
  );
  return periodRow.parse(row).period;
};
const steps = () =>
  db.sql('select kind, message_id is not null as told from lead_bot.steps order by at');
const messages = (kind: string) =>
  db.sql(
    `select channel, payload - 'send_by' - 'period' - 'periods' as payload
       from lead_bot.messages where kind = $1 order by created_at`,
    [kind],
  );
const payloads = async (kind: string) => (await messages(kind)).map(({ payload }) => payload);
const events = async () => {
  const rows = await db.sql(
    'select kind, target from lead_bot.alert_events where kind <> $1 order by id',
    ['opened'],
  );
  return rows.map(({ kind, target }) => (target === null ? kind : `${kind} ${target}`));
};
const alertOf = async (id: string) => (await alerts.find(id))?.alert;

async function aCard(): Promise<string> {
  await db.poll();
  await addLead(db);
  await db.poll();
  return db.onlyAlert();
}

async function aClaim(): Promise<string> {
  const id = await aCard();
  await alerts.claim(id, ANNA);
  return id;
}

/** A claim that was warned `ago`, with the warning in Slack since then. */
async function aWarned(ago = '3 hours', posted = ago): Promise<string> {
  const id = await aClaim();
  expect(await take('warning', [id], { until: at(2 * HOUR_MS) })).toBe(1);
  await db.age(ago);
  await db.sql(
    `update lead_bot.messages set state = 'posted', slack_channel = 'D1', slack_ts = '1.1',
       posted_at = now() - $1::interval where kind = 'dm'`,
    [posted],
  );
  return id;
}

async function cards(count: number): Promise<string[]> {
  await db.poll();
  for (let n = 0; n < count; n++) {
    await addLead(db, { company: `Company ${n}`, domain: `company${n}.example` });
    await db.poll();
  }
  return db.alertIds();
}

test('a new alert is looked at, and again once its state changes', async () => {
  const id = await aCard();
  expect(await dueIds()).toEqual([id]);
  expect(await stepsDue()).toBe(true);
  await deferAll();
  expect(await dueIds()).toEqual([]);
  expect(await stepsDue()).toBe(false);
  await alerts.claim(id, ANNA);
  expect(await dueIds()).toEqual([id]);
  await deferAll();
  await alerts.addNote(id, ANNA, 'They called');
  expect(await dueIds()).toEqual([]);
});

test('what has changed since it was read is not put off', async () => {
  const id = await aCard();
  const { cases } = await due();
  await alerts.claim(id, ANNA);
  await defer(cases.map(({ alert_id, seen }) => ({ alert_id, seen, at: null, due_at: null })));
  expect(await dueIds()).toEqual([id]);
});

test('what is put off is looked at again at that time, and its card says when it is due', async () => {
  const id = await aClaim();
  const { cases } = await due();
  const until = at(3 * HOUR_MS);
  await defer(
    cases.map(({ alert_id, seen }) => ({ alert_id, seen, at: at(HOUR_MS), due_at: until })),
  );
  const [row] = await db.sql('select due_at from lead_bot.alerts');
  expect(row).toEqual({ due_at: new Date(until) });
  expect(await dueIds()).toEqual([]);
  await db.age('61 minutes');
  expect(await dueIds()).toEqual([id]);
});

test('a direct message is redrawn when its lead is due at another time, and only then', async () => {
  const id = await aClaim();
  await alerts.handOver(id, ANNA, BEN, '');
  const [first] = (await due()).cases;
  const version = async () => {
    const [row] = await db.sql(`select wanted_version from lead_bot.messages where kind = 'dm'`);
    return z.object({ wanted_version: z.number() }).parse(row).wanted_version;
  };
  const before = await version();
  const put = { alert_id: id, at: at(0), due_at: at(3 * HOUR_MS) };
  await defer([{ ...put, seen: first?.seen }]);
  expect(await version()).toBe(before + 1);
  const [second] = (await due()).cases;
  await defer([{ ...put, seen: second?.seen }]);
  expect(await version()).toBe(before + 1);
});

test('deadlines count from when they are first set, and anew after they were off', async () => {
  const id = await aCard();
  expect((await due()).since).toEqual({ claim: null, contact: null, follow_up: null });
  await deferAll();
  await setDeadlines({ claim: true, contact: true, follow_up: false });
  expect(await dueIds()).toEqual([id]);
  const first = (await due()).since;
  expect(first).toEqual({ claim: expect.any(String), contact: first.claim, follow_up: null });
  await setDeadlines({ claim: true, contact: false, follow_up: true });
  const second = (await due()).since;
  expect(second).toEqual({ claim: first.claim, contact: null, follow_up: expect.any(String) });
  await setDeadlines({ claim: true, contact: true, follow_up: true });
  const third = (await due()).since;
  expect(third).toMatchObject({ claim: first.claim, follow_up: second.follow_up });
  expect(Date.parse(third.contact ?? '')).toBeGreaterThan(Date.parse(first.contact ?? ''));
});

test('deadlines can be set before the first poll', async () => {
  await setDeadlines({ claim: true });
  await db.poll();
  expect((await due()).since).toMatchObject({ claim: expect.any(String) });
});

test('a snoozed alert is not looked at until it wakes, which begins a new period', async () => {
  const id = await aClaim();
  const before = await periodOf(id);
  await alerts.snooze(id, ANNA, new Date(Date.now() + HOUR_MS));
  expect(await dueIds()).toEqual([]);
  await setDeadlines({ contact: true });
  expect(await dueIds()).toEqual([]);
  await db.sql("update lead_bot.alerts set hold_until = now() - interval '1 minute'");
  await db.poll();
  expect(await dueIds()).toEqual([id]);
  expect(await periodOf(id)).not.toBe(before);
});

test('an undone gesture restores the period', async () => {
  const id = await aClaim();
  const before = await periodOf(id);
  await alerts.handOver(id, ANNA, BEN, '');
  expect(await periodOf(id)).not.toBe(before);
  const { undo } = (await alertOf(id)) ?? {};
  await alerts.undo(id, ANNA, undo?.id ?? '');
  expect(await periodOf(id)).toBe(before);
});

test('nobody is reminded of a lead that was claimed after it was read', async () => {
  const id = await aCard();
  const period = await periodOf(id);
  await alerts.claim(id, ANNA);
  expect(await takeThese([{ alert_id: id, kind: 'reminder', period }], [reader(BEN)])).toBe(0);
  expect(await steps()).toEqual([]);
});

test('a reminder is one reply', async () => {
  const id = await aCard();
  const since = await periodOf(id);
  expect(await take('reminder', [id], { to: BEN })).toBe(1);
  expect(await take('reminder', [id], { to: BEN })).toBe(0);
  await db.age('2 hours');
  expect(await take('reminder', [id], { to: BEN })).toBe(0);
  expect(await payloads('notice')).toEqual([{ kind: 'reminder', to: BEN, since, others: 0 }]);
  expect(await steps()).toEqual([{ kind: 'reminder', told: true }]);
  expect(await events()).toEqual([`reminded ${BEN}`]);
});

test('a reminder waits while somebody else has got first call', async () => {
  const id = await aCard();
  await db.sql(
    `insert into lead_bot.offers (alert_id, holder, source, until)
     values ($1, $2, 'rotation', now() + interval '1 hour')`,
    [id, ANNA],
  );
  expect((await due()).cases).toMatchObject([{ holder: ANNA }]);
  expect(await take('reminder', [id], { to: BEN })).toBe(0);
  expect(await take('reminder', [id], { to: ANNA })).toBe(1);
});

test('an alert gets at most one step an hour', async () => {
  const id = await aCard();
  await take('reminder', [id], { to: null });
  expect(await take('escalation', [id], { to: BOSS })).toBe(0);
  expect(await dueIds()).toEqual([]);
  await db.age('61 minutes');
  expect(await dueIds()).toEqual([id]);
  expect(await take('escalation', [id], { to: BOSS })).toBe(1);
});

test('a refused step is not tried again at each poll', async () => {
  const id = await aClaim();
  expect(await dueIds()).toEqual([id]);
  expect(await take('return', [id])).toBe(0);
  expect(await dueIds()).toEqual([]);
  await db.age('61 seconds');
  expect(await dueIds()).toEqual([id]);
});

test('each manager is told once, unless they want none', async () => {
  const id = await aCard();
  await db.sql(`insert into lead_bot.muted (person, kind) values ($1, 'escalation')`, [BOSS]);
  await take('escalation', [id], { readers: [reader(BOSS), reader(ANNA), reader(BEN)] });
  expect(await messages('dm')).toEqual([
    { channel: ANNA, payload: { kind: 'escalation', to: ANNA } },
    { channel: BEN, payload: { kind: 'escalation', to: BEN } },
  ]);
  expect(await steps()).toEqual([{ kind: 'escalation', told: true }]);
  expect(await events()).toEqual(['escalated']);
});

test('without a manager nothing is escalated', async () => {
  const id = await aCard();
  expect(await take('escalation', [id], { readers: [] })).toBe(0);
  expect(await steps()).toEqual([]);
});

test('a step that its reader wants no message about counts as done', async () => {
  const id = await aCard();
  await db.sql(`insert into lead_bot.muted (person, kind) values ($1, 'escalation')`, [BOSS]);
  expect(await take('escalation', [id], { to: BOSS })).toBe(1);
  expect(await messages('dm')).toEqual([]);
  expect(await steps()).toEqual([{ kind: 'escalation', told: false }]);
});

test('a warning says until when, and counts from when it is in Slack', async () => {
  const id = await aClaim();
  const until = at(2 * HOUR_MS);
  await take('warning', [id], { until });
  expect(await messages('dm')).toEqual([
    { channel: ANNA, payload: { kind: 'warning', to: ANNA, until } },
  ]);
  expect(await events()).toEqual([`claimed`, `warned ${ANNA}`]);
  await db.age('61 minutes');
  expect((await due()).cases[0]?.taken).toMatchObject([{ kind: 'warning', delivered_at: null }]);
  await db.sql(
    `update lead_bot.messages set state = 'posted', slack_channel = 'D1', slack_ts = '1.1',
       posted_at = now() where kind = 'dm'`,
  );
  expect((await due()).cases[0]?.taken).toMatchObject([{ delivered_at: expect.any(String) }]);
});

test.each([
  ['was never sent', null],
  ['came an hour ago', '1 hour'],
])('no lead is returned whose warning %s', async (_, posted) => {
  const id = await aWarned('3 hours', posted ?? '3 hours');
  if (posted === null) await db.sql(`update lead_bot.messages set posted_at = null`);
  expect(await take('return', [id])).toBe(0);
  expect(await alertOf(id)).toMatchObject({ status: 'claimed', owner: ANNA });
});

test('no lead is returned for a warning of an earlier period', async () => {
  const id = await aWarned();
  await alerts.keep(id, ANNA);
  expect(await take('return', [id])).toBe(0);
});

test('a warning from when the deadline was on before is given again', async () => {
  await setDeadlines({ contact: true });
  const id = await aClaim();
  await take('warning', [id]);
  await setDeadlines({ contact: true });
  expect(await steps()).toMatchObject([{ kind: 'warning' }]);
  await setDeadlines({ contact: false });
  await setDeadlines({ contact: true });
  expect(await steps()).toEqual([]);
});

test('a return opens the lead to everyone, and begins a new period', async () => {
  const id = await aWarned();
  const before = await periodOf(id);
  expect(await take('return', [id], { to: BEN })).toBe(0);
  expect(await take('return', [id])).toBe(1);
  expect(await alertOf(id)).toMatchObject({
    status: 'open',
    owner: null,
    claimedAt: null,
    undo: null,
  });
  expect(await payloads('notice')).toEqual([{ kind: 'expired', owner: ANNA }]);
  expect(await events()).toEqual(['claimed', `warned ${ANNA}`, `expired ${ANNA}`]);
  expect(await periodOf(id)).not.toBe(before);
  expect(await dueIds()).toEqual([]);
  await alerts.claim(id, ANNA);
  expect((await due()).cases).toMatchObject([{ alert_id: id, keeps: 0, taken: [] }]);
});

test('a follow-up asks once, unless there is an outcome', async () => {
  const id = await aClaim();
  await alerts.contact(id, ANNA, 'call', '');
  expect(await take('follow-up', [id])).toBe(1);
  expect(await payloads('dm')).toEqual([{ kind: 'follow-up', to: ANNA }]);
  await db.age('2 hours');
  expect(await take('follow-up', [id])).toBe(0);
  await alerts.contact(id, ANNA, 'email', '');
  await alerts.outcome(id, ANNA, 'meeting', null, '');
  expect(await take('follow-up', [id])).toBe(0);
});

test('nobody is nudged about a lead that has cooled, is snoozed, or is not a fit', async () => {
  const id = await aCard();
  const none = async () => expect(await take('reminder', [id], { to: null })).toBe(0);
  await db.sql(`update lead_bot.alerts set cooling_since = now()`);
  await none();
  await db.sql(`update lead_bot.alerts set cooling_since = null`);
  await alerts.snooze(id, ANNA, new Date(Date.now() + HOUR_MS));
  await none();
  await alerts.notAFit(id, ANNA, 'other', '', HOUR_MS);
  await none();
});

test('a warned owner can keep the lead for another period, and undo that', async () => {
  const id = await aWarned();
  const before = await periodOf(id);
  expect(await alerts.keep(id, ANNA)).toMatchObject({ ok: true });
  expect((await due()).cases).toMatchObject([{ keeps: 1, taken: [] }]);
  expect(await alerts.keep(id, ANNA)).toMatchObject({ refusal: { why: 'not-handed-over' } });
  const { undo } = (await alertOf(id)) ?? {};
  expect(undo).toMatchObject({ kind: 'kept', actor: ANNA });
  await alerts.undo(id, ANNA, undo?.id ?? '');
  expect(await periodOf(id)).toBe(before);
  expect((await due()).cases).toMatchObject([{ keeps: 0, taken: [{ kind: 'warning' }] }]);
});

test('managers see the second Keep, but not their own', async () => {
  const id = await aWarned();
  await alerts.keep(id, ANNA);
  expect(await take('kept-again', [id], { to: BOSS })).toBe(0);
  await db.age('2 hours');
  await take('warning', [id]);
  await alerts.keep(id, ANNA);
  await db.age('2 hours');
  const readers = [reader(ANNA), reader(BOSS)];
  expect(await take('kept-again', [id], { readers })).toBe(1);
  expect(await payloads('dm')).toMatchObject([
    { kind: 'warning' },
    { kind: 'warning' },
    { kind: 'kept-again', to: BOSS },
  ]);
  await alerts.release(id, ANNA);
  expect((await due()).cases).toMatchObject([{ keeps: 0 }]);
});

const lists = () =>
  db.sql(
    `select m.channel, m.payload - 'send_by' - 'periods' as payload,
            (select jsonb_agg(jsonb_build_array(r.section, r.alert_id) order by r.position)
               from lead_bot.message_alerts r where r.message_id = m.id) as rows
       from lead_bot.messages m where m.kind = 'dm' and m.alert_id is null order by m.created_at`,
  );

test('many steps of one reader are one message in the given order', async () => {
  const [a = '', b = '', c = '', d = ''] = await cards(4);
  for (const id of [a, b, c]) await alerts.claim(id, ANNA);
  const period: Record<string, string> = {};
  for (const id of [a, b, c, d]) period[id] = await periodOf(id);
  const given = [
    { alert_id: c, kind: 'warning', period: period[c], until: at(HOUR_MS) },
    { alert_id: d, kind: 'reminder', period: period[d], until: null },
    { alert_id: a, kind: 'warning', period: period[a], until: at(HOUR_MS) },
    // It was read before the claim.
    { alert_id: b, kind: 'reminder', period: period[d], until: null },
  ];
  expect(await takeThese(given, [reader(ANNA)], true)).toBe(3);
  expect(await lists()).toEqual([
    {
      channel: ANNA,
      payload: { kind: 'due', to: ANNA, total: 3, news: {} },
      rows: [
        ['warning', c],
        ['reminder', d],
        ['warning', a],
      ],
    },
  ]);
  expect(
    await db.sql('select distinct message_id is not null as told from lead_bot.steps'),
  ).toEqual([{ told: true }]);
  expect(await messages('notice')).toEqual([]);
});

test('each manager gets a list of their own', async () => {
  const ids = await cards(2);
  await db.sql(`insert into lead_bot.muted (person, kind) values ($1, 'escalation')`, [BEN]);
  const readers = [reader(BEN), reader(BOSS), reader(ANNA)];
  expect(await take('escalation', ids, { readers, together: true })).toBe(2);
  expect(await lists()).toMatchObject([{ channel: BOSS }, { channel: ANNA }]);
});

test('many reminders to a user group are one reply', async () => {
  const ids = await cards(3);
  const [first = '', second = ''] = ids;
  await db.sql(`update lead_bot.messages set state = 'gone' where alert_id = $1`, [first]);
  expect(await take('reminder', ids, { to: GROUP, together: true })).toBe(3);
  expect(await payloads('notice')).toEqual([
    { kind: 'reminder', to: GROUP, since: await periodOf(second), others: 2 },
  ]);
});

test('whoever has turned off reminders is mentioned under one card instead of getting a list', async () => {
  const ids = await cards(3);
  await db.sql(`insert into lead_bot.muted (person, kind) values ($1, 'reminder')`, [ANNA]);
  expect(await take('reminder', ids, { together: true })).toBe(3);
  expect(await payloads('notice')).toMatchObject([{ kind: 'reminder', to: ANNA, others: 2 }]);
  expect(await lists()).toEqual([]);
  expect(await steps()).toEqual(ids.map(() => ({ kind: 'reminder', told: true })));
});

test('a return in a list is told in the thread too, without a mention', async () => {
  const id = await aWarned();
  expect(await take('return', [id], { together: true })).toBe(1);
  expect(await payloads('notice')).toEqual([{ kind: 'expired', owner: null }]);
  expect(await lists()).toMatchObject([{ channel: ANNA, rows: [['return', id]] }]);
});

test('without a card, what would be a reply is a direct message', async () => {
  const id = await aWarned();
  await db.sql(`update lead_bot.messages set state = 'gone' where kind = 'card'`);
  expect(await take('return', [id])).toBe(1);
  expect(await messages('notice')).toEqual([]);
  expect(await lists()).toMatchObject([{ channel: ANNA, rows: [['return', id]] }]);
});

test('whoever got five direct messages today gets no sixth about a lead that went back', async () => {
  const id = await aWarned();
  await db.sql(`update lead_bot.messages set state = 'gone' where kind = 'card'`);
  await db.sql(
    `insert into lead_bot.messages (kind, alert_id, channel, dedupe_key)
     select 'dm', $2, $1, 'dm:' || n from generate_series(1, 4) n`,
    [ANNA, id],
  );
  expect(await take('return', [id])).toBe(1);
  expect(await lists()).toEqual([]);
  expect((await alerts.find(id))?.alert.status).toBe('open');
});

test('a merged lead goes on with the period of the one that stays', async () => {
  const [kept = '', merged = ''] = await cards(2);
  await alerts.claim(kept, ANNA);
  const before = await periodOf(kept);
  await db.sql('select lead_bot.merge_alerts($1, $2, $3)', [merged, kept, 'company0.example']);
  expect(await periodOf(kept)).toBe(before);
  expect(await dueIds()).toEqual([kept]);
});

test('a snoozed lead that wakes because another one is merged into it begins a new period', async () => {
  const [kept = '', merged = ''] = await cards(2);
  await alerts.claim(kept, ANNA);
  const before = await periodOf(kept);
  await alerts.snooze(kept, ANNA, new Date(Date.now() + HOUR_MS));
  await db.sql('select lead_bot.merge_alerts($1, $2, $3)', [merged, kept, 'company0.example']);
  expect(await periodOf(kept)).not.toBe(before);
});

test('what an AE has is looked at again when they go away or come back, and it says when they were back', async () => {
  const id = await aClaim();
  const setAway = (until: string) =>
    db.database.call(
      'lead_bot_set_away',
      { p_user: ANNA, p_until: until, p_cover: null },
      z.unknown(),
    );
  await deferAll();
  await setAway(at(HOUR_MS));
  expect((await due()).cases).toMatchObject([{ alert_id: id, owner_back_at: null }]);
  await deferAll();
  await setAway(at(-HOUR_MS));
  const { now, cases } = await due();
  expect(cases).toMatchObject([{ alert_id: id, owner_back_at: expect.any(Date) }]);
  expect(+(cases[0]?.owner_back_at ?? Number.NaN)).toBeLessThanOrEqual(Date.parse(now));
});

/** A claim of which a colleague turned hot since. */
async function aClaimWithNews(): Promise<string> {
  const id = await aClaim();
  await addLead(db, { name: 'Grace' });
  await db.poll();
  expect((await due()).cases).toMatchObject([{ has_news: true, news_told_at: null }]);
  return id;
}
const GRACE = { kind: 'champion', who: 'Grace' };

test('news is told once, and not again within a day', async () => {
  const id = await aClaimWithNews();
  expect(await take('news', [id])).toBe(1);
  expect(await payloads('notice')).toMatchObject([
    { kind: 'news', owner: ANNA, contacted: false, items: [GRACE] },
  ]);
  expect(await steps()).toEqual([{ kind: 'news', told: true }]);
  await db.age('23 hours');
  expect(await take('news', [id])).toBe(0);
  await addLead(db, { name: 'Hedy' });
  await db.poll();
  expect(await take('news', [id])).toBe(0);
  await db.age('61 minutes');
  expect(await take('news', [id])).toBe(1);
  expect((await payloads('notice')).at(-1)).toMatchObject({ items: [{ who: 'Hedy' }] });
});

test('what a new owner has seen on the card is no news to the one before', async () => {
  const id = await aClaimWithNews();
  const period = await periodOf(id);
  await alerts.handOver(id, ANNA, BEN, '');
  await addLead(db, { name: 'Hedy' });
  await db.poll();
  const step = { alert_id: id, kind: 'news', period };
  expect(await takeThese([step], [reader(ANNA)])).toBe(0);
  // Who has it again, in another period.
  await alerts.handOver(id, BEN, ANNA, '');
  await addLead(db, { name: 'Ida' });
  await db.poll();
  expect(await takeThese([step], [reader(ANNA)])).toBe(0);
  expect(await take('news', [id])).toBe(1);
});

test('an owner who wants no news is not mentioned, but the thread has it', async () => {
  const id = await aClaimWithNews();
  await db.sql(`insert into lead_bot.muted (person, kind) values ($1, 'news')`, [ANNA]);
  expect(await take('news', [id])).toBe(1);
  expect(await payloads('notice')).toMatchObject([{ kind: 'news', owner: null, items: [GRACE] }]);
});

test('news among other steps is in the list', async () => {
  const id = await aClaimWithNews();
  expect(await take('news', [id], { together: true })).toBe(1);
  expect(await messages('notice')).toEqual([]);
  expect(await lists()).toMatchObject([
    { payload: { total: 1, news: { [id]: [GRACE] } }, rows: [['news', id]] },
  ]);
  expect(await steps()).toEqual([{ kind: 'news', told: true }]);
});

test('a list with news leaves earlier news with the message that told it', async () => {
  const id = await aClaimWithNews();
  expect(await take('news', [id])).toBe(1);
  await db.age('25 hours');
  await addLead(db, { name: 'Hedy' });
  await db.poll();
  expect(await take('news', [id], { together: true })).toBe(1);
  const told = await db.sql(
    `select m.kind from lead_bot.steps s join lead_bot.messages m on m.id = s.message_id order by s.at`,
  );
  expect(told).toEqual([{ kind: 'notice' }, { kind: 'dm' }]);
});

test('what a bot with the settings from before puts off while a deadline is new is looked at again within an hour', async () => {
  await db.poll();
  for (const domain of ['one.example', 'two.example']) await addLead(db, { domain });
  await db.poll();
  await setDeadlines({ contact: true });
  const [one, two] = (await due()).cases;
  await defer([
    { alert_id: one?.alert_id, seen: one?.seen, at: null, due_at: null },
    { alert_id: two?.alert_id, seen: two?.seen, at: at(100 * HOUR_MS), due_at: null },
  ]);
  expect(await dueIds()).toEqual([]);
  await db.sql("update lead_bot.alerts set step_due_at = step_due_at - interval '1 hour'");
  expect(await dueIds()).toHaveLength(2);
  await db.sql(`update lead_bot.poll_state set deadlines = '{"contact": "2020-01-01T00:00:00Z"}'`);
  await deferAll();
  expect(await db.sql('select from lead_bot.alerts where step_due_at is not null')).toEqual([]);
});
