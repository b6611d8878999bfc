import { expect, test } from 'vitest';
import { z } from 'zod';
import { supabaseAbsences } from '../../src/adapters/supabase-absences.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { inOtherTransaction } from '../support/other-transaction.ts';

const db = await botDatabase();
const absences = supabaseAbsences(db.database);

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';
const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

/** A company with a card, offered to `holder`. */
async function offered(name: string, holder: string, insteadOf: string | null): Promise<string> {
  await addLead(db, { company: name, domain: `${name.toLowerCase()}.example` });
  await db.poll();
  const [row] = await db.sql<{ id: string }>(
    `update lead_bot.alerts set offer_due_at = now() where account_key = $1 returning id`,
    [`${name.toLowerCase()}.example`],
  );
  const id = row?.id ?? '';
  const args = { p_alert_id: id, p_holder: holder, p_source: 'owner', p_until: inDays(1) };
  const made = await db.database.call(
    'lead_bot_offer',
    { ...args, p_instead_of: insteadOf },
    z.boolean(),
  );
  expect(made).toBe(true);
  return id;
}

const covered = async (user: string, within?: readonly string[]) => {
  const { alerts, total } = await db.alerts.covered(user, 10, within);
  expect(total).toBe(alerts.length);
  return alerts.map(({ account }) => account.name);
};

test('names those who are away, until when and who covers', async () => {
  await absences.set(ANNA, inDays(2), BEN);
  await absences.set(CLEO, inDays(1), null);
  const [anna] = await absences.among([BEN, ANNA]);
  expect(anna).toEqual({ person: ANNA, until: expect.any(Date), cover: BEN });
  expect(anna?.until.getTime()).toBeCloseTo(inDays(2).getTime(), -4);
  expect(await absences.among([BEN])).toEqual([]);
});

test('an absence whose end is moved stays one', async () => {
  await absences.set(ANNA, inDays(1), null);
  await absences.set(ANNA, inDays(5), BEN);
  await absences.set(ANNA, new Date(0), null);
  expect(await absences.among([ANNA])).toEqual([]);
  expect(await db.sql('select person, cover from lead_bot.away')).toEqual([
    { person: ANNA, cover: BEN },
  ]);
});

test('whoever is not away can come back', async () => {
  await absences.set(ANNA, new Date(), null);
  expect(await db.sql('select from lead_bot.away')).toEqual([]);
});

test('two commands at once make one absence', async () => {
  await inOtherTransaction(db, async (other) => {
    await other.query(`select public.lead_bot_set_away($1, now() + interval '1 day', null)`, [
      ANNA,
    ]);
    let done = false;
    const second = absences.set(ANNA, inDays(2), BEN).then(() => {
      done = true;
    });
    const waits = `select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`;
    while (!done && (await other.query(waits)).rowCount === 0);
    await other.query('commit');
    await second;
  });
  expect(await db.sql('select person, cover from lead_bot.away')).toEqual([
    { person: ANNA, cover: BEN },
  ]);
});

test('lists what was offered to the cover in the latest absence, those to claim first', async () => {
  await db.poll();
  await absences.set(ANNA, inDays(1), BEN);
  await offered('Before', BEN, ANNA);
  await db.age('2 days');
  await absences.set(ANNA, inDays(1), BEN);
  const cooled = await offered('Cooled', BEN, ANNA);
  const claimed = await offered('Claimed', BEN, ANNA);
  await offered('Free', BEN, ANNA);
  await offered('Own', BEN, null);
  await offered('Other', BEN, CLEO);
  const handedOver = await offered('HandedOver', BEN, ANNA);
  await db.sql(`update lead_bot.alerts set status = 'cooled', closed_at = now() where id = $1`, [
    cooled,
  ]);
  await db.alerts.claim(claimed, BEN);
  await db.alerts.claim(handedOver, BEN);
  await db.alerts.handOver(handedOver, BEN, ANNA, '');
  expect(await covered(ANNA)).toEqual(['Free', 'Claimed', 'Cooled']);
  await absences.set(ANNA, new Date(0), null);
  expect(await covered(ANNA)).toEqual(['Free', 'Claimed', 'Cooled']);
  expect(await covered(BEN)).toEqual([]);
});

test('lists only what belongs to the channels that the AE is in', async () => {
  await db.poll();
  await absences.set(ANNA, inDays(1), BEN);
  await offered('Acme', BEN, ANNA);
  expect(await covered(ANNA, ['C0ELSEWHERE'])).toEqual([]);
  const [card] = await db.sql<{ channel: string }>(
    `select channel from lead_bot.messages where kind = 'card'`,
  );
  expect(await covered(ANNA, [card?.channel ?? ''])).toEqual(['Acme']);
});

test('forgets an absence 60 days after its end', async () => {
  await absences.set(ANNA, inDays(1), BEN);
  await db.age('60 days');
  await db.tidy(365);
  expect(await db.sql('select from lead_bot.away')).toHaveLength(1);
  await db.age('1 day 1 minute');
  await db.tidy(365);
  expect(await db.sql('select from lead_bot.away')).toEqual([]);
});
