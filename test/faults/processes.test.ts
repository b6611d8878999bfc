import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { createPanel } from '../../src/sandbox/demo/panel.ts';
import {
  ALICE,
  answer,
  HOT_LEADS,
  message,
  onMessage,
  readable,
  startWorld,
} from '../support/world.ts';

const { slack, db, logged, startAnother } = await startWorld({ replicas: 0 });
const panel = createPanel(db.adminUrl);

const connected = (count: number) =>
  slack.until(() => slack.connections() === count, { what: `${count} connections` });
const cards = () => slack.messages(HOT_LEADS).filter((m) => m.thread_ts === null);

test('fault-27 database is down at startup: the bot waits, posts nothing, then catches up', async () => {
  await db.stopPostgrest();
  const bot = await startAnother();
  await expect
    .poll(() => logged.some((line) => line.includes("Supabase's gateway can't reach the API")))
    .toBe(true);
  expect(slack.calls('chat.postMessage')).toEqual([]);
  await db.startPostgrest();
  await message(slack, HOT_LEADS, 'VelocityPay');
  await message(slack, HOT_LEADS, 'HomeFront');
  await bot.stop();
  expect(cards()).toHaveLength(2);
});

test('fault-27 database goes down and comes back: a click gets an answer, and nothing is lost or duplicated', async () => {
  const bot = await startAnother();
  await connected(1);
  await db.stopPostgrest();
  const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  await panel.run('medisync-hot');
  await expect.poll(() => logged.some((line) => line.includes('poll failed'))).toBe(true);
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await answer(slack, ALICE, 'incident');
  expect(cards()).toHaveLength(2);
  await db.startPostgrest();
  await message(slack, HOT_LEADS, 'MediSync');
  expect(cards()).toHaveLength(3);
  await bot.stop();
});

const WRONG_CLOCK = new URL('../support/wrong-clock.ts', import.meta.url).href;

/** Starts a bot whose wall clock is off. SIGUSR2 sets it back by twenty minutes. */
const startWithClock = (wrongMs: number) =>
  startAnother({
    NODE_OPTIONS: `--import ${WRONG_CLOCK}`,
    WRONG_CLOCK_MS: String(wrongMs),
    SET_BACK_MS: String(20 * 60_000),
  });

test('fault-33 replicas with clocks ten minutes ahead and behind, then set back: one card each, and claims and polls keep working', async () => {
  const MINUTE = 60_000;
  const replicas = await Promise.all([startWithClock(10 * MINUTE), startWithClock(-10 * MINUTE)]);
  await connected(2);
  await panel.run('cloudmetrics-hot');
  const card = await message(slack, HOT_LEADS, 'CloudMetrics', '[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'CloudMetrics', 'Claimed by @U0ALICE');
  const [row] = await db.sql<{ worst: number }>(
    `select coalesce(max(abs(extract(epoch from next_try_at - now()))), 0)::int as worst
       from lead_bot.messages where created_at > now() - interval '1 minute'`,
  );
  expect(row?.worst).toBeLessThan(5 * 60);

  for (const { pid } of replicas) process.kill(pid, 'SIGUSR2');
  await expect
    .poll(() => logged.filter((line) => line.includes('the clock was set back')).length)
    .toBe(2);
  await panel.run('velocitypay-cools');
  await message(slack, HOT_LEADS, '🌥️ VelocityPay');
  expect(cards().filter((m) => readable(m).includes('CloudMetrics'))).toHaveLength(1);
  expect(cards()).toHaveLength(4);
  await Promise.all(replicas.map((bot) => bot.stop()));
});
