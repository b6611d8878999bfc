import { expect, test, vi } from 'vitest';
import { createPanel } from '../../src/sandbox/demo/panel.ts';
import { failingGateway } from '../support/failing-gateway.ts';
import { HOT_LEADS, message, readable, startWorld } from '../support/world.ts';

const { slack, db, logged, startAnother } = await startWorld({
  env: { REARM_AFTER: '24h', MAX_CARDS_PER_POLL: '10' },
});
const panel = createPanel(db.adminUrl);
await message(slack, HOT_LEADS, 'VelocityPay');
await message(slack, HOT_LEADS, 'HomeFront');

test('posts one card for a lead that turns hot, and says what has moved', async () => {
  await panel.run('cloudmetrics-hot');
  const card = await message(slack, HOT_LEADS, 'CloudMetrics');
  expect(readable(card)).toMatch(/Why now:.*74 → 86/);
  expect(readable(card)).toContain('new: Vector');
});

test('adds a hot colleague to the card, with a note in its thread', async () => {
  const before = slack.messages(HOT_LEADS).filter((m) => m.thread_ts === null).length;
  await panel.run('homefront-colleague');
  const card = await message(slack, HOT_LEADS, 'HomeFront', 'Ines Duarte');
  const note = await slack.until(
    () => slack.messages(HOT_LEADS).find((m) => m.thread_ts === card.ts),
    { what: 'a note in the thread' },
  );
  expect(note.text).toContain('Ines Duarte');
  expect(slack.messages(HOT_LEADS).filter((m) => m.thread_ts === null)).toHaveLength(before);
});

test('keeps the card of a lead that cools within the re-arm time, says so, and lets it return', async () => {
  const hot = await message(slack, HOT_LEADS, '🔥 VelocityPay');
  await panel.run('velocitypay-cools');
  const cooling = await message(slack, HOT_LEADS, '🌥️ VelocityPay');
  expect(cooling.ts).toBe(hot.ts);
  await panel.run('velocitypay-hot');
  const again = await message(slack, HOT_LEADS, '🔥 VelocityPay');
  expect(again.ts).toBe(hot.ts);
});

test('folds the card after the re-arm time, and posts a new one, with the history, when it is hot again', async () => {
  const first = await message(slack, HOT_LEADS, '🔥 VelocityPay');
  await panel.run('velocitypay-cools');
  await message(slack, HOT_LEADS, '🌥️ VelocityPay');
  await db.sql(`update lead_bot.alerts set cooling_since = cooling_since - interval '25 hours'
                 where account_key = 'velocitypay.io'`);
  const folded = await message(slack, HOT_LEADS, '❄️ VelocityPay');
  expect(folded.ts).toBe(first.ts);
  await panel.run('velocitypay-hot');
  const second = await message(slack, HOT_LEADS, '🔥 VelocityPay', 'Was hot');
  expect(second.ts).not.toBe(first.ts);
});

test('sets a broken row aside, logs its id and field, and handles the others', async () => {
  await panel.run('broken-row');
  await panel.run('medisync-hot');
  await message(slack, HOT_LEADS, 'MediSync');
  const line = logged.find((l) => l.includes('set aside'));
  expect(line).toContain('total_score');
  expect(line).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  expect(slack.messages(HOT_LEADS).some((m) => m.text.includes('Broken Row'))).toBe(false);
});

test('shows a hot lead without a field that does not parse, and logs its id and field', async () => {
  await db.sql(`
    with d as (
      insert into public.developer_signups (email, full_name, company_domain)
      values ('kim@odd.example', 'Kim Odd', 'odd.example') returning id),
    c as (
      insert into public.company_enrichment (domain, company_name, tech_stack)
      values ('odd.example', 'Odd Stack', '{"secret": "value"}'))
    insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score,
                                    champion_score, timing_score)
    select id, 90, 90, 90, 90, 90 from d`);
  expect(readable(await message(slack, HOT_LEADS, 'Odd Stack'))).not.toContain('Stack:');
  const line = logged.find((l) => l.includes('shown without'));
  expect(line).toContain('tech_stack');
  expect(line).not.toContain('value');
});

test('posts cards for the best ten of a storm, and one roll-up for the rest', async () => {
  // So the cards of the tests above belong to an earlier minute.
  await db.sql('update lead_bot.poll_state set storm_since = null');
  await panel.run('storm');
  const rollup = await message(slack, HOT_LEADS, '15', 'Acme');
  expect(rollup.text).toContain('15');
  await slack.until(
    () => slack.messages(HOT_LEADS).filter((m) => m.text.includes('Acme')).length === 11,
    { what: 'ten cards and a roll-up' },
  );
});

test('while nothing happens, asks the database at most twice per poll', async () => {
  const gateway = await failingGateway(db.url);
  const bot = await startAnother({ SUPABASE_URL: gateway.url });
  const polls = () => gateway.calls('lead_bot_changes');
  const untilPoll = (count: number) =>
    vi.waitFor(() => expect(polls()).toBeGreaterThanOrEqual(count), { timeout: 30_000 });
  // The jobs of the start are over.
  await untilPoll(4);
  const before = { polls: polls(), total: gateway.total() };
  await untilPoll(before.polls + 6);
  expect(gateway.total() - before.total).toBeLessThanOrEqual(2 * (polls() - before.polls));
  await bot.stop();
});
