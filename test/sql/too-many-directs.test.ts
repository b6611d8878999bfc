import { expect, test } from 'vitest';
import { z } from 'zod';
import { supabaseOffers } from '../../src/adapters/supabase-offers.ts';
import { supabaseSteps } from '../../src/adapters/supabase-steps.ts';
import type { StepKind, StepReader } from '../../src/core/steps.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;
const offers = supabaseOffers(db.database);
const steps = supabaseSteps(db.database);

const ANNA = 'U0ANNA';
const BOSS = 'U0BOSS';
const HOUR_MS = 3_600_000;

const inAnHour = () => new Date(Date.now() + HOUR_MS);
const reader = (to: string | null): StepReader => ({ to, at: new Date(), sendBy: inAnHour() });

async function take(kind: StepKind, alertId: string, to: string | null): Promise<number> {
  const one = (await steps.due(50)).cases.find((each) => each.alertId === alertId);
  if (one === undefined) throw new Error('nothing is due');
  // As the job does, before it takes anything.
  const inAMinute = new Date(Date.now() + 60_000);
  await steps.defer([{ alertId, seen: one.seen, at: inAMinute, dueAt: null }]);
  const step = { alertId, kind, period: one.period, until: inAnHour() };
  return steps.take([step], [reader(to)], false);
}

/** Direct messages of today. */
const fill = (person: string, count: number) =>
  db.sql(
    `insert into lead_bot.messages (kind, channel, dedupe_key)
     select 'dm', $1, 'filler:' || n from generate_series(1, $2) n`,
    [person, count],
  );

const written = z.array(
  z.object({ kind: z.string(), word: z.string(), to: z.string().nullable() }),
);
const messages = async () =>
  written.parse(
    await db.sql(
      `select m.kind, m.payload ->> 'kind' as word, coalesce(m.payload ->> 'to', m.payload ->> 'owner') as to
         from lead_bot.messages m
        where m.payload ? 'kind'
        order by m.created_at`,
    ),
  );

async function aCard(): Promise<string> {
  await addLead(db, { score: 85 });
  await db.poll();
  return db.onlyAlert();
}

test('who has had three direct messages today is mentioned in the thread about first call', async () => {
  const id = await aCard();
  await fill(ANNA, 3);
  await db.sql('update lead_bot.alerts set offer_due_at = now()');
  expect(await offers.make(id, ANNA, 'rotation', inAnHour())).toBe(true);
  expect(await messages()).toEqual([{ kind: 'notice', word: 'offered', to: ANNA }]);
});

test('who had many direct messages yesterday gets another one', async () => {
  const id = await aCard();
  await fill(ANNA, 5);
  await db.sql(
    `update lead_bot.messages set created_at = now() - interval '15 hours' where kind = 'dm'`,
  );
  await db.sql('update lead_bot.alerts set offer_due_at = now()');
  await offers.make(id, ANNA, 'rotation', inAnHour());
  expect(await messages()).toEqual([{ kind: 'dm', word: 'offer', to: ANNA }]);
});

test('a warning is a mention for who has had five direct messages today, and counts there', async () => {
  const id = await aCard();
  await alerts.claim(id, ANNA);
  await fill(ANNA, 5);
  expect(await take('warning', id, ANNA)).toBe(1);
  expect(await messages()).toEqual([{ kind: 'notice', word: 'warned', to: ANNA }]);
  const told = await db.sql(
    `select m.payload ->> 'kind' as word
       from lead_bot.steps s join lead_bot.messages m on m.id = s.message_id`,
  );
  expect(told).toEqual([{ word: 'warned' }]);
});

test('an escalation waits while its only reader has had four direct messages today', async () => {
  const id = await aCard();
  await fill(BOSS, 4);
  expect(await take('escalation', id, BOSS)).toBe(0);
  expect(await messages()).toEqual([]);
  const [alert] = await db.sql(
    `select a.step_due_at > now() + interval '50 minutes' as later,
            not exists (select from lead_bot.steps) as untaken
       from lead_bot.alerts a`,
  );
  expect(alert).toEqual({ later: true, untaken: true });
});

test('a reminder about a lead that is only a row of a roll-up stands in its thread, with the domain', async () => {
  await addLead(db, { score: 85, company: 'Glow', domain: 'glow.example' });
  await db.poll({ firstRun: 'rollup' });
  const id = await db.onlyAlert();
  expect(await take('reminder', id, null)).toBe(1);
  const replies = await db.sql(
    `select p.kind as below, m.payload ->> 'company' as company
       from lead_bot.messages m join lead_bot.messages p on p.id = m.parent_id`,
  );
  expect(replies).toEqual([{ below: 'rollup', company: 'glow.example' }]);
});

test('a reminder about a lead whose card was deleted stands under the newest roll-up that lists it', async () => {
  const glow = { domain: 'glow.example', company: 'Glow' };
  await addLead(db, glow);
  await db.poll({ firstRun: 'rollup' });
  const id = await db.onlyAlert();
  await addLead(db, glow);
  await db.poll();
  await db.sql(`update lead_bot.messages set state = 'gone' where kind = 'card'`);
  await addLead(db, { domain: 'new.example', score: 99 });
  await addLead(db, glow);
  await db.poll({ maxCardsPerPoll: 1 });
  expect(await take('reminder', id, null)).toBe(1);
  const replies = await db.sql(
    `select p.kind as below, p.payload ->> 'reason' as reason
       from lead_bot.messages m join lead_bot.messages p on p.id = m.parent_id
      where m.payload ->> 'kind' = 'reminder'`,
  );
  expect(replies).toEqual([{ below: 'rollup', reason: 'storm' }]);
});

test('a snooze that ends because the score has moved mentions nobody', async () => {
  await addLead(db, { score: 85 });
  await db.poll();
  const id = await db.onlyAlert();
  const [lead] = await db.sql<{ id: string }>('select id from public.developer_signups');
  await alerts.snooze(id, ANNA, new Date(Date.now() + 24 * HOUR_MS));
  await rescore(db, lead?.id ?? '', 95);
  await db.poll();
  await db.poll();
  const replies = await db.sql(
    `select payload ->> 'by' as by, payload ->> 'owner' as owner from lead_bot.messages where payload ->> 'kind' = 'woke'`,
  );
  expect(replies).toEqual([{ by: '', owner: null }]);
});
