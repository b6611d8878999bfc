import { expect, test } from 'vitest';
import { z } from 'zod';
import { supabaseHomes } from '../../src/adapters/supabase-homes.ts';
import type { Delivery } from '../../src/core/message.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, alertOf, rescore } from '../support/leads.ts';
import { inOtherTransaction, untilBlocked } from '../support/other-transaction.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { alerts } = db;
const { take, confirm, shown, later } = outboxStage(db);
const homes = supabaseHomes(db.database);

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const PEOPLE = [ANNA, BEN, 'U0CARLA', 'U0DORA'];
const FIRST = { mine: 0, unclaimed: 0 };

async function aLead(domain = 'acme.example'): Promise<string> {
  await addLead(db, { domain });
  await db.poll();
  const id = await alertOf(db, domain);
  for (const card of await take()) await shown(card, `1.${domain.length}`);
  return id;
}

/** What each Home tab in Slack shows, as far as it was published. */
const published = new Map<string, string>();

/** Draws a Home tab from what there is now, and publishes it. */
async function draw(delivery: Delivery): Promise<() => Promise<boolean>> {
  const { content, address } = delivery;
  if (content.kind !== 'home' || address === null) throw new Error('not a Home tab');
  const { mine, unclaimed } = await homes.read(content.user, content.pages);
  published.set(content.user, `${mine.total} mine, ${unclaimed.total} unclaimed`);
  return () =>
    confirm(delivery, {
      kind: 'shown',
      version: delivery.version,
      address,
      hash: `${mine.total}`,
      sent: true,
    });
}

async function deliver(limit = 10): Promise<number> {
  const due = await take(limit);
  for (const delivery of due) {
    if (delivery.content.kind === 'home') await (await draw(delivery))();
    else if (delivery.action === 'remove') await confirm(delivery, { kind: 'removed' });
    else await shown(delivery, delivery.address?.ts ?? '1.1');
  }
  return due.length;
}

/** Delivers until nothing is due for a few minutes. */
async function settle(): Promise<void> {
  for (let idle = 0; idle < 8; ) {
    idle = (await deliver()) > 0 ? 0 : idle + 1;
    await later('20 seconds');
    await db.sql(`update lead_bot.messages
      set looked_at = looked_at - interval '20 seconds', posted_at = posted_at - interval '20 seconds' where kind = 'home'`);
  }
}

async function open(...users: string[]): Promise<void> {
  for (const user of users) await homes.open(user);
  await settle();
}

/** Has a Home tab drawn that was opened some time ago. */
const touch = (user: string) =>
  db.sql(
    `update lead_bot.messages set wanted_version = wanted_version + 1, next_try_at = now() where dedupe_key = $1`,
    [`home:${user}`],
  );

test('a claim that is not committed while a Home tab waits to be drawn is in the drawing', async () => {
  const id = await aLead();
  await open(ANNA, BEN);
  await touch(BEN);
  await inOtherTransaction(db, async (bot) => {
    await bot.query('select public.lead_bot_claim($1, $2)', [id, ANNA]);
    // The Home tab is locked, so nobody draws it without the claim.
    expect(await take()).toEqual([]);
    await bot.query('commit');
  });
  await settle();
  expect(published.get(BEN)).toBe('0 mine, 0 unclaimed');
});

test('a claim that is not committed while a Home tab is drawn has it drawn again', async () => {
  const id = await aLead();
  await open(ANNA, BEN);
  await touch(BEN);
  const [drawing] = await take();
  if (drawing === undefined) throw new Error('nothing was due');
  await inOtherTransaction(db, async (bot) => {
    await bot.query('select public.lead_bot_claim($1, $2)', [id, ANNA]);
    const confirmed = (await draw(drawing))();
    expect(published.get(BEN)).toBe('0 mine, 1 unclaimed');
    await untilBlocked(db);
    await bot.query('commit');
    expect(await confirmed).toBe(true);
  });
  await settle();
  expect(published.get(BEN)).toBe('0 mine, 0 unclaimed');
});

test('a Home tab that is opened for the first time during a claim shows it in the end', async () => {
  const id = await aLead();
  await inOtherTransaction(db, async (bot) => {
    await bot.query('select public.lead_bot_claim($1, $2)', [id, ANNA]);
    await homes.open(BEN);
    await deliver();
    expect(published.get(BEN)).toBe('0 mine, 1 unclaimed');
    await bot.query('commit');
  });
  await settle();
  expect(published.get(BEN)).toBe('0 mine, 0 unclaimed');
});

test('of a lease that ends with a crash, the next bot draws what there is then', async () => {
  const id = await aLead();
  await open(ANNA, BEN);
  await touch(BEN);
  const [crashed] = await take();
  if (crashed === undefined) throw new Error('nothing was due');
  await alerts.claim(id, ANNA);
  await later('2 minutes');
  await settle();
  expect(published.get(BEN)).toBe('0 mine, 0 unclaimed');
  // The first bot was only slow, and covers what the second one has drawn.
  published.set(BEN, 'old');
  const { address } = crashed;
  if (address) {
    await confirm(crashed, {
      kind: 'shown',
      version: crashed.version,
      address,
      hash: 'old',
      sent: true,
    });
  }
  await settle();
  expect(published.get(BEN)).toBe('0 mine, 0 unclaimed');
});

test('an erasure and the hourly tidying never block each other for good', async () => {
  const lead = await addLead(db, { domain: 'acme.example' });
  await db.poll();
  await rescore(db, lead, 60);
  await db.poll();
  await db.age('3 days');
  await db.poll();
  await db.age('400 days');
  await homes.open(ANNA);
  await deliver();
  await db.sql(
    `update lead_bot.messages set looked_at = now() - interval '8 days' where kind = 'home'`,
  );
  await inOtherTransaction(db, async (operator) => {
    await operator.query('select from lead_bot.alerts for update');
    const tidied = db.tidy(365);
    await untilBlocked(db);
    await operator.query(`select lead_bot.erase_company('acme.example')`);
    await operator.query('commit');
    await tidied;
  });
  expect(await db.alertIds()).toEqual([]);
});

test('gestures, polls, looks, erasures and deliveries at the same time never block each other for good', async () => {
  const ids: string[] = [];
  const leads: string[] = [];
  for (let n = 0; n < 6; n++) {
    leads.push(await addLead(db, { domain: `c${n}.example` }));
    await db.poll();
  }
  ids.push(...(await db.alertIds()));
  await open(...PEOPLE);
  const times = async (count: number, act: (n: number) => Promise<unknown>): Promise<void> => {
    for (let n = 0; n < count; n++) await act(n);
  };
  const any = <T>(all: readonly T[], n: number): T => all[n % all.length] ?? expect.fail('nothing');
  await Promise.all([
    ...PEOPLE.map((person, p) =>
      times(12, async (n) => {
        const id = any(ids, n + p);
        await alerts.claim(id, person);
        await homes.open(person);
        if (n % 3 === 0) await alerts.handOver(id, person, any(PEOPLE, p + 1), '');
        const undo = (await alerts.find(id))?.alert.undo;
        if (undo) await alerts.undo(id, person, undo.id);
        await alerts.release(id, person);
      }),
    ),
    times(8, async (n) => {
      await rescore(db, any(leads, n), 85 + (n % 2) * 10);
      await db.poll();
    }),
    times(4, (n) =>
      db.database.call(
        'lead_bot_set_away',
        { p_user: any(PEOPLE, n), p_until: new Date(Date.now() + 3_600_000), p_cover: null },
        z.unknown(),
      ),
    ),
    times(30, () => deliver(5)),
    times(2, (n) =>
      inOtherTransaction(db, async (operator) => {
        await operator.query('select lead_bot.erase_company($1)', [`c${4 + n}.example`]);
        await operator.query('commit');
      }),
    ),
  ]);
  await settle();
  for (const person of PEOPLE) {
    const { mine, unclaimed } = await homes.read(person, FIRST);
    expect([person, published.get(person)]).toEqual([
      person,
      `${mine.total} mine, ${unclaimed.total} unclaimed`,
    ]);
  }
});
