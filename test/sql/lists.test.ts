import { expect, test } from 'vitest';
import type { AlertList } from '../../src/core/lookup.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const names = (list: AlertList) => list.alerts.map((picture) => picture.account.name);

/** Adds hot companies. Returns how to get their alerts' ids. */
async function hot(
  scores: Record<string, number>,
  policy: Parameters<typeof db.poll>[0] = {},
): Promise<(name: string) => string> {
  for (const [name, score] of Object.entries(scores)) {
    await addLead(db, { domain: `${name.toLowerCase()}.example`, company: name, score });
  }
  await db.poll(policy);
  const rows = await db.sql<{ id: string; account_key: string }>(
    'select id, account_key from lead_bot.alerts',
  );
  return (name) => {
    const row = rows.find(({ account_key: key }) => key === `${name.toLowerCase()}.example`);
    if (row === undefined) throw new Error(`no alert of ${name}`);
    return row.id;
  };
}

test('the hot list shows unclaimed, then claimed, then contacted alerts, best score first', async () => {
  const id = await hot({ A: 81, B: 95, C: 99, D: 98, E: 97 });
  await alerts.claim(id('C'), ANNA);
  await alerts.claim(id('D'), BEN);
  await alerts.claim(id('E'), ANNA);
  await alerts.contact(id('C'), ANNA, 'email', '');
  const list = await alerts.hot(10);
  expect(names(list)).toEqual(['B', 'A', 'D', 'E', 'C']);
  expect(list.total).toBe(5);
});

test('the hot list honors its limit and counts all', async () => {
  await hot({ A: 81, B: 95, C: 99 });
  const list = await alerts.hot(2);
  expect(names(list)).toEqual(['C', 'B']);
  expect(list.total).toBe(3);
});

test('a cooling account is not hot', async () => {
  await addLead(db, { domain: 'a.example', company: 'A' });
  const lead = await addLead(db, { domain: 'b.example', company: 'B' });
  await db.poll();
  await rescore(db, lead, 50);
  await db.poll();
  expect(await alerts.hot(10)).toMatchObject({ total: 1, alerts: [{ account: { name: 'A' } }] });
});

test('an account counts with its best hot developer', async () => {
  await hot({ A: 85, B: 90 });
  await addLead(db, { domain: 'a.example', score: 99 });
  await db.poll();
  expect(names(await alerts.hot(10))).toEqual(['A', 'B']);
});

test('my list shows my alerts, uncontacted first, cooling ones included', async () => {
  const id = await hot({ A: 99, B: 90, C: 95, D: 97 });
  for (const name of ['A', 'B', 'C']) await alerts.claim(id(name), ANNA);
  await alerts.claim(id('D'), BEN);
  await alerts.contact(id('A'), ANNA, 'email', '');
  await db.sql(
    `update public.lead_scores set usage_score = 0 where developer_id in (
       select id from public.developer_signups where company_domain = 'c.example')`,
  );
  await db.poll();
  const mine = await alerts.mine(ANNA, 10);
  expect(mine.total).toBe(3);
  expect(names(mine).slice(0, 2).sort()).toEqual(['B', 'C']);
  expect(names(mine)[2]).toBe('A');
  expect(await alerts.mine('U0NOBODY', 10)).toEqual({ alerts: [], total: 0 });
});

test('my list shows the uncontacted, then what is to be tried again, before a follow-up that is due', async () => {
  const id = await hot({ A: 99, B: 90, C: 95 });
  for (const name of ['A', 'B', 'C']) await alerts.claim(id(name), ANNA);
  for (const name of ['A', 'C']) await alerts.contact(id(name), ANNA, 'email', '');
  await alerts.outcome(id('C'), ANNA, 'not-now', new Date(Date.now() + 3_600_000), '');
  await db.sql(
    `update lead_bot.alerts set outcome_until = now() - interval '1 minute' where id = $1`,
    [id('C')],
  );
  await db.sql(`update lead_bot.alerts set due_at = now() - interval '1 hour' where id = $1`, [
    id('A'),
  ]);
  expect(names(await alerts.mine(ANNA, 10))).toEqual(['B', 'C', 'A']);
});

test('my list begins with the leads on which I have first call', async () => {
  const id = await hot({ A: 99, B: 90, C: 95 });
  await alerts.claim(id('A'), ANNA);
  for (const [name, holder, ended] of [
    ['B', ANNA, null],
    ['C', BEN, null],
    ['C', ANNA, 'passed'],
  ] as const) {
    await db.sql(
      `insert into lead_bot.offers (alert_id, holder, source, until, ended, ended_at)
       values ($1, $2, 'rotation', now() + interval '1 hour', $3::text, case when $3::text is not null then now() end)`,
      [id(name), holder, ended],
    );
  }
  const mine = await alerts.mine(ANNA, 10);
  expect(names(mine)).toEqual(['B', 'A']);
  expect(mine.total).toBe(2);
});

test('my list omits released and closed alerts, and keeps claims that have cooled', async () => {
  const id = await hot({ A: 99, B: 90 });
  await alerts.claim(id('A'), ANNA);
  await alerts.claim(id('B'), ANNA);
  await alerts.release(id('A'), ANNA);
  await db.sql('update public.lead_scores set usage_score = 0');
  await db.poll();
  await db.age('30 hours');
  await db.poll();
  const mine = await alerts.mine(ANNA, 10);
  expect(mine.alerts.map(({ alert }) => alert.id)).toEqual([id('B')]);
});

test('an alert leaves my list with its outcome, and returns with the next touch', async () => {
  const id = await hot({ A: 99 });
  await alerts.claim(id('A'), ANNA);
  await alerts.contact(id('A'), ANNA, 'call', '');
  await alerts.outcome(id('A'), ANNA, 'no-reply', null, '');
  expect((await alerts.mine(ANNA, 10)).total).toBe(0);
  await alerts.contact(id('A'), ANNA, 'email', '');
  expect(names(await alerts.mine(ANNA, 10))).toEqual(['A']);
});

test('a company that I contacted and that was not a fit stays off my list when it returns', async () => {
  const id = await hot({ A: 85 });
  await alerts.claim(id('A'), ANNA);
  await alerts.contact(id('A'), ANNA, 'call', '');
  await alerts.notAFit(id('A'), ANNA, 'competitor', '', 90 * 24 * 3_600_000);
  await addLead(db, { domain: 'a.example', score: 86 });
  await db.poll();
  expect(await db.alertIds()).toHaveLength(2);
  expect(await alerts.mine(ANNA, 10)).toEqual({ alerts: [], total: 0 });
});

test('my list keeps a contacted alert after it closes, until it has an outcome or 90 days are over', async () => {
  const id = await hot({ A: 99, B: 90 });
  for (const name of ['A', 'B'] as const) {
    await alerts.claim(id(name), ANNA);
    await alerts.contact(id(name), ANNA, 'call', '');
  }
  await db.sql('update public.lead_scores set usage_score = 0');
  await db.poll();
  await db.age('30 hours');
  await db.poll();
  const mine = async () => (await alerts.mine(ANNA, 10)).alerts.map(({ alert }) => alert.id);
  expect(await mine()).toEqual([id('A'), id('B')]);
  await alerts.outcome(id('A'), ANNA, 'won', null, '');
  expect(await mine()).toEqual([id('B')]);
  await db.age('90 days');
  expect(await mine()).toEqual([]);
});

test('a roll-up lists its own alerts in its order, claimed and closed ones included', async () => {
  const id = await hot({ A: 81, B: 95, C: 88 }, { firstRun: 'rollup' });
  await hot({ D: 99 });
  await hot({ E: 98, F: 98 }, { maxCardsPerPoll: 1 });
  const rollups = await db.sql<{ id: string; reason: string }>(
    `select m.id, m.payload ->> 'reason' as reason from lead_bot.messages m where m.kind = 'rollup' order by m.created_at`,
  );
  expect(rollups.map(({ reason }) => reason)).toEqual(['first-run', 'storm']);
  const [first, storm] = rollups.map(({ id }) => id);
  await alerts.claim(id('B'), ANNA);
  const [lead] = await db.sql<{ id: string }>(
    `select id from public.developer_signups where company_domain = 'c.example'`,
  );
  await rescore(db, lead?.id ?? '', 40);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  expect(await alerts.find(id('C'))).toMatchObject({ alert: { status: 'cooled' } });
  const list = await alerts.inRollup(first ?? '', 10, 0);
  expect([list.total, names(list)]).toEqual([3, ['B', 'C', 'A']]);
  expect(names(await alerts.inRollup(first ?? '', 1, 1))).toEqual(['C']);
  expect(names(await alerts.inRollup(storm ?? '', 10, 0)).toSorted()).toEqual(['E', 'F']);
});
