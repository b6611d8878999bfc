import { expect, test } from 'vitest';
import { supabaseHomes } from '../../src/adapters/supabase-homes.ts';
import type { HomeRows } from '../../src/core/home.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { outboxStage } from '../support/outbox-stage.ts';
import { OTHER, ownerColumns } from '../support/owner-columns.ts';

const db = await botDatabase();
const { alerts } = db;
const { append } = await ownerColumns(db);
const { take, shown } = outboxStage(db);
const homes = supabaseHomes(db.database);

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const FIRST = { mine: 0, unclaimed: 0 };
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);

/** Open alerts of c0.example, c1.example…, each with one point more than the next. */
async function leads(count: number): Promise<string[]> {
  await db.poll();
  for (let n = 0; n < count; n++) await addLead(db, { domain: `c${n}.example`, name: `Lead ${n}` });
  await db.poll({ maxCardsPerPoll: 50 });
  await db.sql(
    `update lead_bot.alerts set score = 100 - substring(account_key from '\\d+')::int where closed_at is null`,
  );
  const rows = await db.sql<{ id: string }>('select id from lead_bot.alerts order by score desc');
  return rows.map(({ id }) => id);
}
async function claimed(count: number): Promise<string[]> {
  const ids = await leads(count);
  for (const id of ids) await alerts.claim(id, ANNA);
  return ids;
}
const set = (id: string, columns: string) =>
  db.sql(`update lead_bot.alerts set ${columns} where id = $1`, [id]);
const offer = (id: string, holder: string) =>
  db.sql(
    `insert into lead_bot.offers (alert_id, holder, source, until) values ($1, $2, 'rotation', now() + interval '1 hour')`,
    [id, holder],
  );
const read = (user = ANNA, pages = FIRST, within?: readonly string[]) =>
  homes.read(user, pages, within);
const idsOf = ({ alerts: pictures }: HomeRows['mine']) => pictures.map(({ alert }) => alert.id);

test('lists what is theirs by what is due, late first', async () => {
  const [none = '', soon = '', late = '', contacted = ''] = await claimed(4);
  await alerts.contact(contacted, ANNA, 'call', '');
  await set(none, 'due_at = null');
  await set(soon, `due_at = now() + interval '3 hours'`);
  await set(late, `due_at = now() - interval '3 hours'`);
  await set(contacted, `due_at = now() + interval '1 hour'`);
  const { mine } = await read();
  expect([idsOf(mine), mine.total]).toEqual([[late, contacted, soon, none], 4]);
  expect((await read(BEN)).mine).toEqual({ total: 0, alerts: [] });
});

test("is read at a time of the database's clock, whatever the bot's says", async () => {
  const [before] = await db.sql<{ now: Date }>('select now()');
  const { readAt } = await read();
  const [after] = await db.sql<{ now: Date }>('select now()');
  expect(readAt.getTime()).toBeGreaterThanOrEqual(before?.now.getTime() ?? Number.NaN);
  expect(readAt.getTime()).toBeLessThanOrEqual(after?.now.getTime() ?? Number.NaN);
});

test('lists the same as /lead mine', async () => {
  const [first = '', contacted = '', again = '', snoozed = '', closed = ''] = await claimed(6);
  for (const id of [contacted, again, closed]) await alerts.contact(id, ANNA, 'call', '');
  await alerts.outcome(again, ANNA, 'not-now', inHours(1), '');
  await set(again, `outcome_until = now() - interval '1 minute'`);
  await alerts.snooze(snoozed, ANNA, inHours(3));
  await set(closed, 'closed_at = now()');
  await set(first, `due_at = now() - interval '1 hour'`);
  const { mine } = await read();
  const list = await alerts.mine(ANNA, 20);
  expect(list.alerts.map(({ alert }) => alert.id).sort()).toEqual(idsOf(mine).sort());
  expect([list.total, list.alerts[0]?.alert.id]).toEqual([6, first]);
});

test('lists what was to be tried again by now, and nothing else with an outcome', async () => {
  const [again = '', notYet = '', won = ''] = await claimed(3);
  for (const id of [again, notYet, won]) await alerts.contact(id, ANNA, 'call', '');
  for (const id of [again, notYet]) await alerts.outcome(id, ANNA, 'not-now', inHours(24), '');
  await alerts.outcome(won, ANNA, 'won', null, '');
  await set(again, `outcome_until = now() - interval '1 hour'`);
  expect(idsOf((await read()).mine)).toEqual([again]);
});

test('of what is due at the same time, lists what is claimed first, and the rest by score', async () => {
  const [again = '', contacted = '', mine = ''] = await claimed(3);
  for (const id of [again, contacted]) await alerts.contact(id, ANNA, 'call', '');
  await alerts.outcome(again, ANNA, 'not-now', inHours(24), '');
  const due = `'${inHours(-1).toISOString()}'`;
  for (const id of [contacted, mine]) await set(id, `due_at = ${due}`);
  await set(again, `outcome_until = ${due}`);
  expect(idsOf((await read()).mine)).toEqual([mine, again, contacted]);
});

test('lists contacted leads that have closed until they have an outcome', async () => {
  const [id = ''] = await claimed(1);
  await alerts.contact(id, ANNA, 'call', '');
  await set(id, 'closed_at = now()');
  expect(idsOf((await read()).mine)).toEqual([id]);
  await alerts.outcome(id, ANNA, 'no-reply', null, '');
  expect((await read()).mine.total).toBe(0);
});

test('lists as unclaimed what anyone may claim now, best score first', async () => {
  const [best = '', second = '', mine = '', snoozed = '', offered = '', theirs = '', cold = ''] =
    await leads(7);
  await alerts.claim(mine, ANNA);
  await alerts.snooze(snoozed, BEN, inHours(5));
  await offer(offered, ANNA);
  await offer(theirs, BEN);
  await set(cold, 'cooling_since = now()');
  const home = await read();
  expect(home.unclaimed).toMatchObject({ total: 2 });
  expect(idsOf(home.unclaimed)).toEqual([best, second]);
  expect(idsOf(home.offers)).toEqual([offered]);
});

test('a page past the end is the last one', async () => {
  const ids = await leads(23);
  const pages = { mine: 30, unclaimed: 40 };
  const home = await read(ANNA, pages);
  expect(home.pages).toEqual({ mine: 0, unclaimed: 20 });
  expect(idsOf(home.unclaimed)).toEqual(ids.slice(20));
  expect(idsOf((await read(ANNA, { mine: 0, unclaimed: 10 })).unclaimed)).toEqual(
    ids.slice(10, 20),
  );
});

test('names what has changed about companies that they have contacted, and tells nobody of it', async () => {
  const [moved = '', same = '', claimedOnly = ''] = await claimed(3);
  for (const id of [moved, same]) await alerts.contact(id, ANNA, 'call', '');
  for (const domain of ['c0.example', 'c2.example']) {
    await addLead(db, { domain, name: 'Zoe New', email: `zoe@${domain}` });
  }
  await db.poll();
  await db.sql('select lead_bot.note_news($1)', [[moved, same, claimedOnly]]);
  const before = await db.sql('select id, known, news from lead_bot.alerts order by id');
  const { moved: section } = await read();
  expect(section.total).toBe(1);
  expect(section.rows.map(({ picture }) => picture.alert.id)).toEqual([moved]);
  expect(section.rows[0]?.news[0]).toMatchObject({ kind: 'champion', who: 'Zoe New' });
  expect(await db.sql('select id, known, news from lead_bot.alerts order by id')).toEqual(before);
});

test('tells of each company that they have contacted only its own news', async () => {
  const [first = '', second = ''] = await claimed(2);
  for (const id of [first, second]) await alerts.contact(id, ANNA, 'call', '');
  await addLead(db, { domain: 'c0.example', name: 'Zoe New', score: 95 });
  await addLead(db, { domain: 'c1.example', name: 'Yan New' });
  await db.poll();
  const { moved } = await read();
  expect(moved.total).toBe(2);
  expect(moved.rows.map(({ picture, news }) => [picture.alert.id, news])).toEqual([
    [first, [expect.objectContaining({ kind: 'champion', who: 'Zoe New' })]],
    [second, [expect.objectContaining({ kind: 'champion', who: 'Yan New' })]],
  ]);
});

test('what is due is listed as theirs, not once more as changed', async () => {
  const [due = '', other = ''] = await claimed(2);
  for (const id of [due, other]) await alerts.contact(id, ANNA, 'call', '');
  for (const domain of ['c0.example', 'c1.example']) await addLead(db, { domain });
  await db.poll();
  await set(due, `due_at = now() - interval '1 hour'`);
  const { mine, moved } = await read();
  expect(idsOf(mine)).toContain(due);
  expect(moved.rows.map(({ picture }) => picture.alert.id)).toEqual([other]);
});

test('a company that they have only claimed is never listed as changed', async () => {
  // The eleventh has a page of its own.
  await claimed(11);
  await addLead(db, { domain: 'c10.example' });
  await db.poll();
  expect((await read()).moved).toEqual({ total: 0, rows: [] });
});

test('shows their newest gesture while they can undo it', async () => {
  const [first = '', second = ''] = await leads(2);
  await alerts.claim(first, ANNA);
  await db.sql(`update lead_bot.undos set at = at - interval '1 minute'`);
  await alerts.claim(second, ANNA);
  expect((await read()).done?.alert).toMatchObject({ id: second, undo: { actor: ANNA } });
  expect((await read(BEN)).done).toBeNull();
  await db.sql(`update lead_bot.undos set at = at - interval '11 minutes'`);
  expect((await read()).done).toBeNull();
});

test('what someone else has done to a lead since can only be undone by them', async () => {
  const [id = ''] = await leads(1);
  await alerts.claim(id, ANNA);
  await alerts.handOver(id, ANNA, BEN, '');
  await alerts.contact(id, BEN, 'call', '');
  expect([(await read()).done, (await read(BEN)).done?.alert.id]).toEqual([null, id]);
});

test('counts what they did in 30 days', async () => {
  const [id = ''] = await claimed(2);
  await alerts.contact(id, ANNA, 'call', '');
  await alerts.outcome(id, ANNA, 'meeting', null, '');
  expect((await read()).numbers).toMatchObject({
    claimed: 2,
    contacted: 1,
    toClaim: expect.any(Number),
    toContact: expect.any(Number),
    outcomes: { meeting: 1 },
  });
});

test('opens also after the clock of the database was set back', async () => {
  const [id = ''] = await claimed(1);
  await alerts.contact(id, ANNA, 'call', '');
  await set(
    id,
    `opened_at = now() + interval '5 minutes', first_claimed_at = now() + interval '2 minutes'`,
  );
  expect((await read()).numbers).toMatchObject({ claimed: 1, toClaim: 0, toContact: 0 });
});

test('members of single channels see, count and undo only what stands there', async () => {
  await append({
    alert_channel: `case when v.company_domain ~ '^c[02468]' then '${OTHER}' end`,
  });
  const ids = await leads(10);
  for (const card of await take()) await shown(card, `1.${card.messageId}`);
  const [here = '', there = '', hereMoved = '', thereMoved = '', hereOffer = '', thereOffer = ''] =
    ids;
  for (const id of [here, there, hereMoved, thereMoved]) await alerts.claim(id, ANNA);
  for (const id of [hereMoved, thereMoved]) {
    await alerts.contact(id, ANNA, 'call', '');
    await set(id, `known = known || '{"leads": []}', news = '[{"kind": "champion"}]'`);
  }
  for (const id of [hereOffer, thereOffer]) await offer(id, ANNA);
  const home = await read(ANNA, FIRST, [OTHER]);
  expect({
    mine: [home.mine.total, idsOf(home.mine).sort()],
    offers: [home.offers.total, idsOf(home.offers)],
    unclaimed: [home.unclaimed.total, idsOf(home.unclaimed)],
    moved: [home.moved.total, home.moved.rows.map(({ picture }) => picture.alert.id)],
    done: home.done,
    numbers: home.numbers.claimed,
  }).toEqual({
    mine: [2, [here, hereMoved].sort()],
    offers: [1, [hereOffer]],
    unclaimed: [2, [ids[6], ids[8]]],
    moved: [1, [hereMoved]],
    done: null,
    numbers: 2,
  });
  expect(JSON.stringify(await read(ANNA, FIRST, ['C0THIRD']))).not.toMatch(/example|Lead/);
  expect((await read()).mine.total).toBe(4);
});

test.each([
  ['nobody', null, null],
  ['a very long id', 'U'.repeat(31), null],
  ['huge pages', ANNA, { mine: 'x'.repeat(1_000_000) }],
])('a Home tab of %s is refused', async (_, user, pages) => {
  await expect(
    db.sql('select public.lead_bot_open_home($1, $2)', [user, JSON.stringify(pages)]),
  ).rejects.toMatchObject({ code: '22023' });
});
