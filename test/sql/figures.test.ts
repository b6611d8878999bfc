import type pg from 'pg';
import { expect, test } from 'vitest';
import { botDatabase, POLICY } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';
import { inOtherTransaction } from '../support/other-transaction.ts';

const db = await botDatabase();
const { polls } = db;

async function moved(): Promise<boolean> {
  return (await polls.changes(POLICY)).moved;
}

async function cardVersion(): Promise<number> {
  const [card] = await db.sql<{ wanted_version: number }>(
    `select wanted_version from lead_bot.messages where kind = 'card'`,
  );
  if (card === undefined) throw new Error('there is no card');
  return card.wanted_version;
}

/** Adds a hot lead with a card and polls until nothing changes. Returns the lead's id. */
async function aHotLead(): Promise<string> {
  await db.poll();
  const id = await addLead(db);
  await db.poll();
  expect(await moved()).toBe(false);
  return id;
}

const raise = (client: pg.Client, id: string, to: number) =>
  client.query('update public.lead_scores set usage_score = $2 where developer_id = $1', [id, to]);

test("redraws the card once when a hot lead's figures change", async () => {
  const lead = await aHotLead();
  const before = await cardVersion();
  await rescore(db, lead, 92);
  expect(await moved()).toBe(true);
  expect(await db.poll()).toMatchObject({ opened: 0, left: 0 });
  expect(await cardVersion()).toBe(before + 1);
  expect(await db.poll()).toBeNull();
});

test('several changes between two polls cause one redraw', async () => {
  const lead = await aHotLead();
  const before = await cardVersion();
  for (const score of [90, 95, 99]) await rescore(db, lead, score);
  await db.poll();
  expect(await cardVersion()).toBe(before + 1);
});

test("redraws the card for new figures of a colleague who isn't hot, since it shows them too", async () => {
  await aHotLead();
  const colleague = await addLead(db, { score: 50 });
  await db.poll();
  const before = await cardVersion();
  await rescore(db, colleague, 60);
  expect(await moved()).toBe(true);
  await db.poll();
  expect(await cardVersion()).toBe(before + 1);
  expect(await moved()).toBe(false);
});

test('ignores figures of leads without an open alert', async () => {
  await aHotLead();
  const other = await addLead(db, { domain: 'other.example', score: 50 });
  await rescore(db, other, 60);
  expect(await db.poll()).toBeNull();
  expect(await moved()).toBe(false);
});

test("doesn't redraw a card that isn't posted yet", async () => {
  await db.poll();
  await addLead(db);
  await db.poll();
  expect(await cardVersion()).toBe(1);
  expect(await db.poll()).toBeNull();
});

test("sees a late commit whose timestamp is older than the card's", async () => {
  await db.poll();
  const id = await addLead(db);
  await inOtherTransaction(db, async (other) => {
    // The pipeline writes before the poll and commits after it.
    await other.query('select pg_current_xact_id()');
    await db.poll();
    const before = await cardVersion();
    await raise(other, id, 99);
    await other.query('commit');
    expect(await db.poll()).not.toBeNull();
    expect(await cardVersion()).toBeGreaterThan(before);
  });
  expect(await db.poll()).toBeNull();
});

test('sees a change committed alongside an older open transaction once that ends', async () => {
  const lead = await aHotLead();
  const before = await cardVersion();
  await inOtherTransaction(db, async (older) => {
    await older.query('select pg_current_xact_id()');
    await rescore(db, lead, 92);
    await db.poll();
    await older.query('commit');
  });
  await db.poll();
  expect(await cardVersion()).toBe(before + 1);
  expect(await db.poll()).toBeNull();
});

test('loses neither of two changes committed in reverse order', async () => {
  const first = await aHotLead();
  const second = await addLead(db, { domain: 'second.example' });
  await db.poll();
  const versions = () =>
    db.sql<{ wanted_version: number }>(
      'select wanted_version from lead_bot.messages order by created_at',
    );
  const before = await versions();
  await inOtherTransaction(db, async (slow) => {
    await raise(slow, first, 99);
    await rescore(db, second, 95);
    await db.poll();
    await slow.query('commit');
  });
  await db.poll();
  const after = await versions();
  expect(after.map((row) => row.wanted_version)).toEqual(
    before.map((row) => row.wanted_version + 1),
  );
});

test('clears the marks of rescored leads without an alert', async () => {
  await aHotLead();
  await db.sql(`
    with d as (
      insert into public.developer_signups (email, company_domain)
      select 'dev' || n || '@crowd.example', 'crowd.example' from generate_series(1, 600) n
      returning id)
    insert into public.lead_scores (developer_id, company_score, usage_score)
    select id, 10, 10 from d`);
  expect(await moved()).toBe(true);
  await db.poll();
  expect(await moved()).toBe(false);
});
