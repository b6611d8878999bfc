import { expect, test } from 'vitest';
import { z } from 'zod';
import { supabaseOffers } from '../../src/adapters/supabase-offers.ts';
import { botDatabase, POLICY } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';
import { ownerColumns } from '../support/owner-columns.ts';

const db = await botDatabase();
const { alerts } = db;
const owners = await ownerColumns(db);

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';
const HOUR_MS = 3_600_000;

const answer = z.object({ why: z.string().nullable() });
const at = (ms: number) => new Date(Date.now() + ms).toISOString();

async function aCardToOffer(): Promise<string> {
  await db.poll();
  await addLead(db);
  await db.poll();
  const id = await db.onlyAlert();
  await db.sql('update lead_bot.alerts set offer_due_at = now()');
  return id;
}

const offer = (id: string, holder: string, ms = HOUR_MS) =>
  db.database.call(
    'lead_bot_offer',
    { p_alert_id: id, p_holder: holder, p_source: 'rotation', p_until: at(ms) },
    z.boolean(),
  );
const claim = async (id: string, user: string, manager = false) =>
  (
    await db.database.call(
      'lead_bot_claim',
      { p_alert_id: id, p_user: user, p_manager: manager },
      answer,
    )
  ).why;
const pass = async (id: string, user: string) =>
  (await db.database.call('lead_bot_pass', { p_alert_id: id, p_user: user }, answer)).why;
const due = async () => (await supabaseOffers(db.database).due(10)).alerts;
const next = (...people: string[]) =>
  db.database.call('lead_bot_next_in_rotation', { p_people: people }, z.string().nullable());
const offers = () => db.sql('select holder, ended from lead_bot.offers order by made_at');

test('an alert is offered to one AE, whoever asks', async () => {
  const id = await aCardToOffer();
  expect((await due()).map(({ alertId }) => alertId)).toEqual([id]);
  const both = await Promise.all([offer(id, ANNA), offer(id, BEN)]);
  expect(both.sort()).toEqual([false, true]);
  expect(await due()).toEqual([]);
});

test('only the one who has first call and managers can claim while it runs', async () => {
  const id = await aCardToOffer();
  await offer(id, ANNA);
  expect(await claim(id, BEN)).toBe('offered');
  expect(await claim(id, ANNA)).toBeNull();
  expect(await offers()).toEqual([{ holder: ANNA, ended: 'claimed' }]);
});

test('a manager can claim over an offer', async () => {
  const id = await aCardToOffer();
  await offer(id, ANNA);
  expect(await claim(id, BEN, true)).toBeNull();
});

test('a pass is for the one who has first call, and asks for the next', async () => {
  const id = await aCardToOffer();
  await offer(id, ANNA);
  expect(await pass(id, BEN)).toBe('not-offered');
  expect(await pass(id, ANNA)).toBeNull();
  expect(await due()).toMatchObject([{ had: [ANNA] }]);
  expect(await offer(id, BEN)).toBe(true);
});

test('nobody has first call on a lead a second time', async () => {
  const id = await aCardToOffer();
  await offer(id, ANNA);
  await pass(id, ANNA);
  // Of a bot that chose before the pass.
  expect(await offer(id, ANNA)).toBe(false);
  expect(await offer(id, BEN)).toBe(true);
});

test('an offer that is over leaves the lead to everyone', async () => {
  const id = await aCardToOffer();
  await offer(id, ANNA);
  await db.age('2 hours');
  expect(await db.poll()).toMatchObject({ redrawn: 1 });
  expect(await due()).toEqual([]);
  expect(await claim(id, BEN)).toBeNull();
  expect(await offers()).toEqual([{ holder: ANNA, ended: 'lapsed' }]);
});

test('an offer lapses, however many others ended before it', async () => {
  const id = await aCardToOffer();
  await offer(id, ANNA);
  await db.sql(
    `with past as (
       insert into lead_bot.alerts (account_key, status, closed_at)
       select 'past-' || n || '.example', 'cooled', now() from generate_series(1, 50) n
       returning id
     )
     insert into lead_bot.offers (alert_id, holder, source, until, ended_at, ended)
     select id, $1, 'rotation', now() - interval '1 day', now() - interval '1 day', 'passed' from past`,
    [BEN],
  );
  await db.age('2 hours');
  expect(await db.polls.follow(POLICY)).toMatchObject({ redrawn: 1, more: false });
  expect(await claim(id, BEN)).toBeNull();
});

test.each([
  ['first call', async (id: string) => void (await offer(id, ANNA)), [ANNA]],
  ['the wait for it', async () => {}, []],
])('a snooze only interrupts %s', async (_, before, holders) => {
  const id = await aCardToOffer();
  await before(id);
  await alerts.snooze(id, BEN, new Date(Date.now() + HOUR_MS));
  expect(await due()).toEqual([]);
  await db.age('2 hours');
  await db.poll();
  expect(await due()).toMatchObject([{ alertId: id, had: [] }]);
  expect(await offer(id, ANNA)).toBe(true);
  expect(await offers()).toEqual([
    ...holders.map((holder) => ({ holder, ended: 'withdrawn' })),
    { holder: ANNA, ended: null },
  ]);
});

test('snoozing a lead is no way around the first call of somebody else', async () => {
  const id = await aCardToOffer();
  await offer(id, ANNA);
  await alerts.snooze(id, BEN, new Date(Date.now() + HOUR_MS));
  expect(await claim(id, BEN)).toBe('offered');
  expect(await claim(id, CLEO, true)).toBeNull();
});

test('whoever has first call can claim during a snooze', async () => {
  const id = await aCardToOffer();
  await offer(id, ANNA);
  await alerts.snooze(id, ANNA, new Date(Date.now() + HOUR_MS));
  expect(await claim(id, ANNA)).toBeNull();
});

test('a snooze takes nobody their turn', async () => {
  const id = await aCardToOffer();
  await offer(id, ANNA);
  await alerts.snooze(id, BEN, new Date(Date.now() + HOUR_MS));
  expect(await next(ANNA, BEN)).toBe(ANNA);
});

test.each(['claim', 'pass', 'snooze', 'notAFit'] as const)(
  'undoing a %s gives first call back',
  async (gesture) => {
    const id = await aCardToOffer();
    await offer(id, ANNA);
    if (gesture === 'claim') await alerts.claim(id, ANNA);
    if (gesture === 'pass') await pass(id, ANNA);
    if (gesture === 'snooze') await alerts.snooze(id, ANNA, new Date(Date.now() + HOUR_MS));
    if (gesture === 'notAFit') await alerts.notAFit(id, ANNA, 'other', '', HOUR_MS);
    const [undo] = await db.sql<{ id: string }>('select id from lead_bot.undos');
    expect((await alerts.undo(id, ANNA, undo?.id ?? '')).ok).toBe(true);
    expect(await offers()).toEqual([{ holder: ANNA, ended: null }]);
    expect(await due()).toEqual([]);
    expect(await claim(id, BEN)).toBe('offered');
  },
);

test('undoing a pass takes first call back from whoever got it, and their message', async () => {
  const id = await aCardToOffer();
  await offer(id, ANNA);
  await pass(id, ANNA);
  await offer(id, BEN);
  const [undo] = await db.sql<{ id: string }>('select id from lead_bot.undos');
  expect(await alerts.undo(id, ANNA, undo?.id ?? '')).toMatchObject({ ok: true });
  expect(await offers()).toEqual([
    { holder: ANNA, ended: null },
    { holder: BEN, ended: 'withdrawn' },
  ]);
  const messages = await db.sql(
    `select payload ->> 'to' as reader, removal from lead_bot.messages where kind = 'dm' order by created_at`,
  );
  expect(messages).toEqual([
    { reader: ANNA, removal: null },
    { reader: null, removal: 'undone' },
  ]);
});

test('an offer ends with its alert', async () => {
  await db.poll();
  const lead = await addLead(db);
  await db.poll();
  const id = await db.onlyAlert();
  await db.sql('update lead_bot.alerts set offer_due_at = now()');
  await offer(id, ANNA, 100 * HOUR_MS);
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  expect(await offers()).toEqual([{ holder: ANNA, ended: 'withdrawn' }]);
});

test('the rotation goes round', async () => {
  const turns: (string | null)[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const chosen = await next(ANNA, BEN, CLEO);
    turns.push(chosen);
    await db.sql(
      `with alert as (
         insert into lead_bot.alerts (account_key) values ($1) returning id
       )
       insert into lead_bot.offers (alert_id, holder, source, until)
       select id, $2, 'rotation', now() from alert`,
      [`company-${turn}.example`, chosen],
    );
  }
  expect(turns).toEqual([ANNA, BEN, CLEO, ANNA, BEN, CLEO]);
});

test('somebody who was away is not flooded on return', async () => {
  const give = (holder: string, days: number) =>
    db.sql(
      `with alert as (
         insert into lead_bot.alerts (account_key) values (gen_random_uuid()::text) returning id
       )
       insert into lead_bot.offers (alert_id, holder, source, made_at, until)
       select id, $1, 'rotation', now() - make_interval(days => $2), now() from alert`,
      [holder, days],
    );
  // Anna had 1 a day for 10 days and then left for 20; Ben had 1 a day all along.
  for (let day = 21; day < 30; day++) await give(ANNA, day);
  for (let day = 1; day < 30; day++) await give(BEN, day);
  await db.sql(
    `insert into lead_bot.away (person, since, until) values ($1, now() - interval '20 days', now())`,
    [ANNA],
  );
  const turns: (string | null)[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const chosen = await next(ANNA, BEN);
    turns.push(chosen);
    await give(chosen ?? '', 0);
  }
  expect(turns.filter((who) => who === ANNA).length).toBeLessThanOrEqual(3);
});

test('the newest word on who is away counts, and coming back ends it', async () => {
  const set = (until: string, cover: string | null) =>
    db.database.call(
      'lead_bot_set_away',
      { p_user: ANNA, p_until: until, p_cover: cover },
      z.null(),
    );
  const away = () =>
    db.database.call(
      'lead_bot_who_is_away',
      { p_people: [ANNA, BEN] },
      z.array(z.object({ person: z.string(), cover: z.string().nullable() })),
    );
  await set(at(HOUR_MS), null);
  await set(at(2 * HOUR_MS), BEN);
  expect(await away()).toEqual([{ person: ANNA, cover: BEN }]);
  await set(at(-1), null);
  expect(await away()).toEqual([]);
});

const toOwners = { offerTo: { owners: true, rotation: false } };
const toRotation = { offerTo: { owners: false, rotation: true } };
const dueAt = async () =>
  (await db.sql<{ due: Date | null }>('select offer_due_at as due from lead_bot.alerts')).map(
    ({ due }) => due !== null,
  );

test.each([
  ['a lead with an owner', "'jo@ours.example'", toOwners, true],
  ['a lead with an owner, for the rotation', "'jo@ours.example'", toRotation, true],
  ['a lead without an owner', 'null::text', toOwners, false],
  ['a lead with a blank owner', "'  '", toOwners, false],
  ['a lead without an owner, for the rotation', 'null::text', toRotation, true],
  ['a lead with an owner, without offers', "'jo@ours.example'", {}, false],
])('asks whom to offer %s', async (_, ownerEmail, policy, expected) => {
  await db.poll();
  await owners.append({ owner_email: ownerEmail });
  await addLead(db);
  await db.poll(policy);
  expect(await dueAt()).toEqual([expected]);
});

test('looks for no owner in a view without the column', async () => {
  await db.poll();
  await addLead(db);
  await db.poll(toOwners);
  expect(await dueAt()).toEqual([false]);
});

test('does not offer what comes in a roll-up, nor a colleague on a card that is there', async () => {
  await db.poll();
  for (const domain of ['one.example', 'two.example']) await addLead(db, { domain });
  await db.poll({ ...toRotation, maxCardsPerPoll: 1 });
  expect((await dueAt()).sort()).toEqual([false, true]);
  await db.sql('update lead_bot.alerts set offer_due_at = null');
  for (const domain of ['one.example', 'two.example']) await addLead(db, { domain });
  await db.poll(toRotation);
  expect(await dueAt()).toEqual([false, false]);
});

test('the owner is, as on the card, that of the lead that opened the alert', async () => {
  await db.poll();
  await owners.append({ owner_email: `lower(v.champion_name) || '@ours.example'` });
  await addLead(db, { name: 'Ada', score: 82 });
  await db.poll(toOwners);
  await addLead(db, { name: 'Grace', score: 95 });
  await db.poll(toOwners);
  const [first] = await due();
  expect(first?.ownerEmail).toBe('ada@ours.example');
  const card = await alerts.find(first?.alertId ?? '');
  expect(card?.account.leads[0]?.ownerEmail).toBe('ada@ours.example');
});

test('of leads that turn hot together, the best one opens the alert, and decides the owner', async () => {
  await db.poll();
  await owners.append({
    owner_email: `v.developer_id || '@ours.example'`,
    alert_channel: `case when v.total_score >= 90 then 'C0ENTERPRISE' end`,
  });
  // Last of all that the leads could be sorted by.
  const ids = [await addLead(db, { score: 82 }), await addLead(db, { score: 82 })].sort();
  const best = ids[1] ?? '';
  await rescore(db, best, 95);
  await db.poll(toOwners);
  const [first] = await due();
  expect(first?.ownerEmail).toBe(`${best}@ours.example`);
  const card = await alerts.find(first?.alertId ?? '');
  expect(card?.account.leads[0]?.ownerEmail).toBe(`${best}@ours.example`);
  const cards = await db.sql(`select channel from lead_bot.messages where kind = 'card'`);
  expect(cards).toEqual([{ channel: 'C0ENTERPRISE' }]);
});

const changes = () => db.polls.changes({ rearmAfterMs: HOUR_MS });

test('a poll hears of offers only while someone can be chosen', async () => {
  const id = await aCardToOffer();
  expect((await changes()).offersDue).toBe(true);
  await alerts.snooze(id, ANNA, new Date(Date.now() + HOUR_MS));
  await db.sql('update lead_bot.alerts set offer_due_at = now()');
  expect((await changes()).offersDue).toBe(false);
  expect(await due()).toEqual([]);
});

test('an offer that waits is due at its time, and its card is drawn again', async () => {
  const id = await aCardToOffer();
  const version = async () =>
    (await db.sql<{ n: number }>('select wanted_version::int as n from lead_bot.messages'))[0]?.n;
  const before = (await version()) ?? 0;
  const later = new Date(Date.now() + HOUR_MS);
  await supabaseOffers(db.database).defer(id, later);
  expect([await due(), (await changes()).offersDue]).toEqual([[], false]);
  await supabaseOffers(db.database).defer(id, later);
  expect(await version()).toBe(before + 1);
  await db.age('2 hours');
  expect(await due()).toHaveLength(1);
  await supabaseOffers(db.database).defer(id, null);
  expect(await due()).toEqual([]);
});

test('nobody is chosen later for a lead that is open to everyone', async () => {
  const id = await aCardToOffer();
  const port = supabaseOffers(db.database);
  await port.defer(id, null);
  await port.defer(id, new Date());
  expect(await due()).toEqual([]);
  expect(await offer(id, ANNA)).toBe(false);
});

test('someone who comes back has waiting leads looked at again', async () => {
  const id = await aCardToOffer();
  await supabaseOffers(db.database).defer(id, new Date(Date.now() + HOUR_MS));
  await db.database.call(
    'lead_bot_set_away',
    { p_user: ANNA, p_until: at(-1), p_cover: null },
    z.null(),
  );
  expect(await due()).toHaveLength(1);
});

test.each(['claim', 'snooze', 'notAFit'] as const)(
  'a %s ends the choice, and its undo asks for it again',
  async (gesture) => {
    const id = await aCardToOffer();
    if (gesture === 'claim') await alerts.claim(id, BEN);
    if (gesture === 'snooze') await alerts.snooze(id, BEN, new Date(Date.now() + HOUR_MS));
    if (gesture === 'notAFit') await alerts.notAFit(id, BEN, 'other', '', HOUR_MS);
    expect(await due()).toEqual([]);
    const [undo] = await db.sql<{ id: string }>('select id from lead_bot.undos');
    await alerts.undo(id, BEN, undo?.id ?? '');
    expect(await due()).toHaveLength(1);
  },
);

test('an alert that merges into another ends its offer', async () => {
  await db.poll();
  for (const domain of ['one.example', 'two.example']) await addLead(db, { domain });
  await db.poll();
  const [kept, other] = await db.alertIds();
  if (kept === undefined || other === undefined) throw new Error('expected two alerts');
  await db.sql('update lead_bot.alerts set offer_due_at = now()');
  for (const id of [kept, other]) await offer(id, ANNA);
  await db.sql(`select lead_bot.merge_alerts($1, $2, 'one.example')`, [kept, other]);
  expect((await offers()).map(({ ended }) => ended)).toEqual(
    expect.arrayContaining([null, 'withdrawn']),
  );
});
