import { expect, test } from 'vitest';
import { z } from 'zod';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { alerts } = db;

const ANNA = 'U0ANNA';
const HOUR_MS = 3_600_000;

const answer = z.object({ why: z.string().nullable() });
const gesture = async (name: string, id: string, args: Record<string, unknown>) =>
  (await db.database.call(`lead_bot_${name}`, { p_alert_id: id, p_user: ANNA, ...args }, answer))
    .why;
const snooze = (id: string, ms = HOUR_MS) =>
  gesture('snooze', id, { p_until: new Date(Date.now() + ms).toISOString() });
const notAFit = (id: string) =>
  gesture('not_a_fit', id, {
    p_reason: 'competitor',
    p_note: 'They sell the same thing.',
    p_quiet_seconds: 90 * 24 * 3600,
  });

/** A hot lead whose alert stands as a card: both ids. */
async function aCard(score = 85) {
  await db.poll();
  const lead = await addLead(db, { score });
  await db.poll();
  return { lead, id: await db.onlyAlert() };
}

const holdOf = async (id: string) =>
  (
    await db.sql<{ hold: string | null; status: string; closed: boolean }>(
      'select a.hold, a.status, a.closed_at is not null as closed from lead_bot.alerts a where a.id = $1',
      [id],
    )
  )[0];
const replies = async () =>
  (
    await db.sql<{ kind: string }>(
      `select payload ->> 'kind' as kind from lead_bot.messages where kind = 'notice' order by created_at`,
    )
  ).map(({ kind }) => kind);
const events = (id: string) =>
  db
    .sql<{ kind: string }>(
      'select kind from lead_bot.alert_events where alert_id = $1 order by id',
      [id],
    )
    .then((rows) => rows.map(({ kind }) => kind));

/** The newest gesture's undo. */
const undoOf = async (id: string) =>
  (await db.sql<{ id: string }>('select u.id from lead_bot.undos u where u.alert_id = $1', [id]))[0]
    ?.id;

test('a snooze ends at its time, and the thread says so', async () => {
  const { id } = await aCard();
  expect(await snooze(id)).toBeNull();
  await db.age('59 minutes');
  expect(await db.poll()).toBeNull();
  expect(await holdOf(id)).toMatchObject({ hold: 'snoozed' });
  await db.age('2 minutes');
  await db.poll();
  expect(await holdOf(id)).toEqual({ hold: null, status: 'open', closed: false });
  expect(await replies()).toEqual(['woke']);
  expect(await events(id)).toEqual(['opened', 'snoozed', 'woke']);
});

test('a snoozed claim wakes as a claim', async () => {
  const { id } = await aCard();
  await alerts.claim(id, ANNA);
  await snooze(id);
  await db.age('2 hours');
  await db.poll();
  expect(await holdOf(id)).toMatchObject({ hold: null, status: 'claimed' });
});

test.each([
  [84, 'snoozed'],
  [89, 'snoozed'],
  [90, null],
  [80, null],
])('a snooze at 85 points, rescored to %i, is then %s', async (score, hold) => {
  const { lead, id } = await aCard(85);
  await snooze(id);
  await rescore(db, lead, score);
  await db.poll();
  await db.poll();
  expect(await holdOf(id)).toMatchObject({ hold });
});

test.each([
  ['now', 0, 'past'],
  ['in more than a year', 400 * 24 * HOUR_MS, 'too-far'],
])('a snooze until %s is refused', async (_when, ms, why) => {
  const { id } = await aCard();
  expect(await snooze(id, ms)).toBe(why);
});

test('a company that is not a fit stays quiet while it is hot, cools and is hot again', async () => {
  const { lead, id } = await aCard();
  expect(await notAFit(id)).toBeNull();
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('30 hours');
  await db.poll();
  await rescore(db, lead, 84);
  await db.poll();
  await db.sweep();
  expect(await db.alertIds()).toEqual([id]);
  expect(await holdOf(id)).toEqual({ hold: 'not-a-fit', status: 'open', closed: false });
  expect(await replies()).toEqual([]);
});

test.each([
  [86, 'snoozed'],
  [87, null],
])('a snooze at 82 points, joined by a colleague with %i, is then %s', async (score, hold) => {
  const { id } = await aCard(82);
  await snooze(id);
  await addLead(db, { score, name: 'Grace Example' });
  await db.poll();
  await db.poll();
  expect(await holdOf(id)).toMatchObject({ hold });
});

/** The alert that has followed the first one, and how it remembers it. */
async function followUp(first: string) {
  const next = (await db.alertIds()).find((id) => id !== first) ?? '';
  return (await alerts.find(next))?.past;
}
const REMEMBERED = {
  hold: { kind: 'not-a-fit', reason: 'competitor', by: ANNA },
  note: { author: ANNA, body: 'They sell the same thing.' },
};

test('a company that was not a fit returns at its time with a new card that says why', async () => {
  const { id } = await aCard();
  await notAFit(id);
  await db.age('91 days');
  await db.poll();
  await db.poll();
  expect(await holdOf(id)).toMatchObject({ closed: true });
  expect(await followUp(id)).toMatchObject(REMEMBERED);
});

test('a company that was not a fit and is not hot at its time closes without a card', async () => {
  const { lead, id } = await aCard();
  await notAFit(id);
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('91 days');
  await db.poll();
  await db.poll();
  expect(await db.alertIds()).toEqual([id]);
  expect(await holdOf(id)).toMatchObject({ closed: true });
});

test('a company that was not a fit returns when its score has risen by 10', async () => {
  const { lead, id } = await aCard(82);
  await notAFit(id);
  await rescore(db, lead, 91);
  await db.poll();
  await db.poll();
  expect(await holdOf(id)).toMatchObject({ closed: false });
  await rescore(db, lead, 92);
  await db.poll();
  await db.poll();
  await db.poll();
  expect(await followUp(id)).toMatchObject(REMEMBERED);
});

test('a company that was not a fit returns when somebody new turns hot', async () => {
  const { id } = await aCard();
  await notAFit(id);
  const colleague = await addLead(db, { name: 'Grace Example' });
  await db.poll();
  await db.poll();
  expect(await followUp(id)).toMatchObject(REMEMBERED);
  const [members] = await db.sql<{ count: number }>(
    `select count(*)::int as count from lead_bot.alert_leads m where m.active and m.alert_id <> $1`,
    [id],
  );
  expect(members?.count).toBe(2);
  const [opener] = await db.sql<{ developer_id: string }>(
    `select developer_id from lead_bot.alert_events where kind = 'opened' and alert_id <> $1`,
    [id],
  );
  expect(opener?.developer_id).toBe(colleague);
});

test('a company that returns because somebody new turns hot brings along who was hot before, without a reply', async () => {
  const { lead, id } = await aCard(88);
  await notAFit(id);
  const colleague = await addLead(db, { score: 85, name: 'Grace Example' });
  await db.poll();
  const [next] = await db.sql<{ id: string; score: number }>(
    'select a.id, a.score from lead_bot.alerts a where a.closed_at is null',
  );
  expect(next?.score).toBe(88);
  const members = await db.sql<{ developer_id: string }>(
    'select m.developer_id from lead_bot.alert_leads m where m.active and m.alert_id = $1 order by m.entered_at',
    [next?.id],
  );
  // Whoever opened the alert is the first.
  expect(members.map((one) => one.developer_id)).toEqual([colleague, lead]);
  await db.poll();
  expect(await events(next?.id ?? '')).toEqual(['opened', 'joined']);
  expect(await replies()).toEqual([]);
});

test('the card of a company that was not a fit is redrawn when somebody new turns hot', async () => {
  const id = await outboxStage(db).aPostedCard();
  await notAFit(id);
  const versions = () =>
    db.sql<{ wanted_version: number }>(
      'select m.wanted_version from lead_bot.messages m where m.dedupe_key = $1',
      [`card:${id}`],
    );
  const [before] = await versions();
  await addLead(db, { name: 'Grace Example' });
  await db.poll();
  expect(await holdOf(id)).toMatchObject({ closed: true });
  const [after] = await versions();
  expect(after?.wanted_version).toBeGreaterThan(before?.wanted_version ?? 0);
});

test('a claimed lead that cools stays with its owner, who is told once', async () => {
  const { lead, id } = await aCard();
  await alerts.claim(id, ANNA);
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  expect(await holdOf(id)).toMatchObject({ status: 'claimed', closed: false });
  expect((await alerts.mine(ANNA, 10)).alerts.map(({ alert }) => alert.id)).toEqual([id]);
  await db.age('25 hours');
  expect(await db.poll()).toBeNull();
  expect(await replies()).toEqual(['cold']);
});

test('a claimed lead that is hot again goes on, and can cool once more', async () => {
  const { lead, id } = await aCard();
  await alerts.claim(id, ANNA);
  for (const _time of ['first', 'second']) {
    await rescore(db, lead, 50);
    await db.poll();
    await db.age('25 hours');
    await db.poll();
    await rescore(db, lead, 85);
    await db.poll();
    expect(await db.alertIds()).toEqual([id]);
  }
  expect(await replies()).toEqual(['cold', 'cold']);
});

test('a claimed lead that cools again after a colleague has joined is told of again', async () => {
  const { lead, id } = await aCard();
  await alerts.claim(id, ANNA);
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  const colleague = await addLead(db, { score: 85, name: 'Grace Example' });
  await db.poll();
  await rescore(db, colleague, 50);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  expect(await db.alertIds()).toEqual([id]);
  expect(await replies()).toEqual(['cold', 'cold']);
});

test('the owner of a snoozed lead that cools is told when it wakes', async () => {
  const { lead, id } = await aCard(82);
  await alerts.claim(id, ANNA);
  await snooze(id, 72 * HOUR_MS);
  await rescore(db, lead, 79);
  await db.poll();
  await db.age('25 hours');
  expect(await db.poll()).toBeNull();
  expect(await replies()).toEqual([]);
  await db.age('48 hours');
  await db.poll();
  await db.poll();
  expect(await replies()).toEqual(['woke', 'cold']);
});

test('of a claimed lead that only a roll-up shows, the row there says that it is cold', async () => {
  await db.poll();
  const lead = await addLead(db);
  await db.poll({ maxCardsPerPoll: 0 });
  const id = await db.onlyAlert();
  await alerts.claim(id, ANNA);
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('25 hours');
  const drawn = () =>
    db.sql<{ kind: string; wanted_version: number }>(
      'select m.kind, m.wanted_version from lead_bot.messages m',
    );
  const [before] = await drawn();
  await db.poll();
  expect(await drawn()).toEqual([
    { kind: 'rollup', wanted_version: (before?.wanted_version ?? 0) + 1 },
  ]);
  expect(await db.poll()).toBeNull();
});

/** A claimed lead whose owner has been told that it is cold. */
async function aColdClaim() {
  const { lead, id } = await aCard();
  await alerts.claim(id, ANNA);
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  return id;
}

const CLOSING = {
  release: (id: string) => alerts.release(id, ANNA),
  contact: (id: string) => alerts.contact(id, ANNA, 'call', ''),
};

test.each([
  ['release', 'cooled'],
  ['contact', 'contacted'],
] as const)('a cold lead closes ten minutes after the %s', async (gesture, status) => {
  const id = await aColdClaim();
  await CLOSING[gesture](id);
  await db.age('9 minutes');
  expect(await db.poll()).toBeNull();
  expect(await holdOf(id)).toMatchObject({ closed: false });
  await db.age('2 minutes');
  await db.poll();
  expect(await holdOf(id)).toMatchObject({ status, closed: true });
});

test.each(['release', 'contact'] as const)(
  'the %s of a cold lead can be undone after a poll',
  async (gesture) => {
    const id = await aColdClaim();
    await CLOSING[gesture](id);
    await db.poll();
    expect(await alerts.undo(id, ANNA, (await undoOf(id)) ?? '')).toMatchObject({ ok: true });
    expect(await holdOf(id)).toMatchObject({ status: 'claimed', closed: false });
    expect(await db.poll()).toBeNull();
  },
);

test('the outcome of a cold lead can be undone after a poll', async () => {
  const { lead, id } = await aCard();
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'call', '');
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('25 hours');
  await alerts.outcome(id, ANNA, 'lost', null, '');
  await db.poll();
  expect(await alerts.undo(id, ANNA, (await undoOf(id)) ?? '')).toMatchObject({ ok: true });
  expect((await alerts.find(id))?.alert).toMatchObject({ outcome: null });
});

test('an undo after ten minutes is refused', async () => {
  const { id } = await aCard();
  await snooze(id);
  const [undo] = await db.sql<{ id: string }>('select id from lead_bot.undos');
  await db.age('10 minutes');
  expect(await gesture('undo', id, { p_undo_id: undo?.id })).toBe('too-late');
});

test('an undo after another gesture is refused', async () => {
  const { id } = await aCard();
  await alerts.claim(id, ANNA);
  const [undo] = await db.sql<{ id: string }>('select id from lead_bot.undos');
  await snooze(id);
  expect(await gesture('undo', id, { p_undo_id: undo?.id })).toBe('changed-since');
});

test('a poll between a gesture and its undo does not stand in the way', async () => {
  const { lead, id } = await aCard();
  await alerts.claim(id, ANNA);
  await rescore(db, lead, 95);
  await db.poll();
  const [undo] = await db.sql<{ id: string }>('select id from lead_bot.undos');
  expect(await gesture('undo', id, { p_undo_id: undo?.id })).toBeNull();
  expect((await alerts.find(id))?.alert).toMatchObject({ status: 'open', owner: null });
});

test('an undone claim brings the snooze back, which ends when the score has moved meanwhile', async () => {
  const { lead, id } = await aCard(85);
  await snooze(id);
  await alerts.claim(id, ANNA);
  await rescore(db, lead, 92);
  await db.poll();
  await db.poll();
  await alerts.undo(id, ANNA, (await undoOf(id)) ?? '');
  expect(await holdOf(id)).toMatchObject({ hold: 'snoozed', status: 'open' });
  await db.poll();
  expect(await holdOf(id)).toMatchObject({ hold: null, status: 'open' });
});

test('a snooze that has ended is not brought back by an undo', async () => {
  const { id } = await aCard();
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'call', '');
  await snooze(id, 5 * 60_000);
  await alerts.outcome(id, ANNA, 'no-reply', null, '');
  await db.age('6 minutes');
  await db.poll();
  const undone = await alerts.undo(id, ANNA, (await undoOf(id)) ?? '');
  expect(undone.ok).toBe(true);
  expect(await holdOf(id)).toMatchObject({ hold: null, status: 'contacted' });
});

test("the end of a snooze leaves the undo of another company's snooze alone", async () => {
  const { id } = await aCard();
  await addLead(db, { domain: 'other.example' });
  await db.poll();
  const [other = ''] = (await db.alertIds()).filter((one) => one !== id);
  await snooze(id, 5 * 60_000);
  await snooze(other);
  await db.age('6 minutes');
  await db.poll();
  expect(await events(id)).toContain('woke');
  expect((await alerts.undo(other, ANNA, (await undoOf(other)) ?? '')).ok).toBe(true);
  expect(await holdOf(other)).toMatchObject({ hold: null });
});

test('an undo takes back what the gesture said in the thread', async () => {
  const { id } = await aCard();
  await alerts.claim(id, ANNA);
  await alerts.handOver(id, ANNA, 'U0BEN', 'All yours');
  const [undo] = await db.sql<{ id: string }>('select id from lead_bot.undos');
  expect((await alerts.undo(id, ANNA, undo?.id ?? '')).ok).toBe(true);
  expect(
    await db.sql(`select state, removal from lead_bot.messages where kind = 'notice'`),
  ).toEqual([{ state: 'gone', removal: 'undone' }]);
});

test("a release for an owner who is gone does not take the next owner's claim", async () => {
  const { id } = await aCard();
  await alerts.claim(id, ANNA);
  const release = () => alerts.release(id, 'U0CAROL', { goneOwner: 'U0GONE' });
  expect(await release()).toMatchObject({ ok: false, refusal: { why: 'not-yours', owner: ANNA } });
});

test('of two alerts that turn out to be of one company, the one that anyone may work on continues', async () => {
  await db.poll();
  const first = await addLead(db, { domain: 'one.example', company: 'One' });
  await db.poll();
  const held = await db.onlyAlert();
  await notAFit(held);
  await addLead(db, { domain: 'two.example', company: 'Two' });
  await db.poll();
  await db.sql(`update public.developer_signups set company_domain = 'two.example' where id = $1`, [
    first,
  ]);
  await db.sweep();
  await db.poll();
  const open = await db.sql(
    'select account_key, hold from lead_bot.alerts where closed_at is null',
  );
  expect(open).toEqual([{ account_key: 'two.example', hold: null }]);
});

test('a snooze ends when its company turns out to be that of a snoozed alert with 5 points more', async () => {
  await db.poll();
  const first = await addLead(db, { score: 82, domain: 'one.example', company: 'One' });
  await db.poll();
  await addLead(db, { score: 87, domain: 'two.example', company: 'Two' });
  await db.poll();
  for (const id of await db.alertIds()) await snooze(id);
  await db.sql(`update public.developer_signups set company_domain = 'two.example' where id = $1`, [
    first,
  ]);
  await db.sweep();
  await db.poll();
  await db.poll();
  const open = await db.sql('select hold from lead_bot.alerts where closed_at is null');
  expect(open).toEqual([{ hold: null }]);
});
