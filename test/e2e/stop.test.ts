import { expect, test, vi } from 'vitest';
import type { BotProcess } from '../../src/sandbox/demo/bot-process.ts';
import { addLead } from '../support/leads.ts';
import { lock } from '../support/lock.ts';
import { HOT_LEADS, message, startWorld, type World } from '../support/world.ts';

/*
 * Two of these wait for limits of the bot, ten seconds and more: each test has a world of its own, and all
 * of them run at the same time.
 */

vi.setConfig({ testTimeout: 120_000 });

const LIMIT_MS = 20_000;
const never = new Promise<never>(() => {});

const worlds = {
  late: await startWorld({ replicas: 0 }),
  hanging: await startWorld({ replicas: 0 }),
  away: await startWorld({ replicas: 0 }),
  twice: await startWorld({ replicas: 0 }),
  taking: await startWorld({ replicas: 0, seed: false }),
};

/** A bot whose first post Slack has received and does not answer. */
async function posting(
  { slack, startAnother }: World,
  how: Parameters<World['slack']['misbehave']>[0]['how'],
): Promise<BotProcess> {
  slack.misbehave({ method: 'chat.postMessage', times: 1, how });
  const bot = await startAnother();
  await until(() => slack.calls('chat.postMessage').length === 1);
  return bot;
}

/** `expect.poll` does not know to which of the tests that run at the same time it belongs. */
const until = (condition: () => boolean | Promise<boolean>) =>
  vi.waitUntil(condition, { timeout: 30_000, interval: 20 });

/** Resolves with how long it took, in milliseconds. */
async function sigterm(bot: BotProcess): Promise<number> {
  const at = performance.now();
  process.kill(bot.pid, 'SIGTERM');
  await bot.ended;
  return performance.now() - at;
}

const rows = ({ db }: World) =>
  db.sql<{ state: string; tried: boolean; leased: boolean }>(
    `select state, attempted_at is not null as tried, lease_token is not null as leased
       from lead_bot.messages order by created_at`,
  );

test.concurrent('fault-58 SIGTERM during a post: the post is finished and confirmed, nothing more is taken', async () => {
  const { slack, logged } = worlds.late;
  const answer = Promise.withResolvers<void>();
  const bot = await posting(worlds.late, { kind: 'late', until: answer.promise });
  const ended = sigterm(bot);
  await until(() => logged.join('\n').includes('"stopping"'));
  answer.resolve();
  expect(await ended).toBeLessThan(LIMIT_MS);
  expect(bot.exitCode()).toBe(0);
  expect(slack.calls('chat.postMessage')).toHaveLength(1);
  expect(await rows(worlds.late)).toEqual([
    { state: 'posted', tried: false, leased: false },
    { state: 'pending', tried: false, leased: false },
  ]);
});

test.concurrent('fault-58 SIGTERM during a post that hangs: it is left unclear without a lease, and found by the next bot', async () => {
  const { slack, startAnother } = worlds.hanging;
  const bot = await posting(worlds.hanging, { kind: 'hang', accept: true });
  expect(await sigterm(bot)).toBeLessThan(LIMIT_MS);
  expect(bot.exitCode()).toBe(0);
  expect((await rows(worlds.hanging))[0]).toEqual({ state: 'unclear', tried: true, leased: false });
  await startAnother();
  await until(async () => (await rows(worlds.hanging)).every(({ state }) => state === 'posted'));
  expect(slack.messages(HOT_LEADS)).toHaveLength(2);
});

test.concurrent('fault-58 SIGTERM while the database is away: the bot ends in time, and its post is found later', async () => {
  const { slack, db, logged, startAnother } = worlds.away;
  const answer = Promise.withResolvers<void>();
  const bot = await posting(worlds.away, { kind: 'late', until: answer.promise });
  await db.stopPostgrest();
  answer.resolve();
  expect(await sigterm(bot)).toBeLessThan(LIMIT_MS);
  expect(bot.exitCode()).toBe(0);
  expect(logged.join('\n')).toContain('left unfinished');
  await db.startPostgrest();
  // The lease of the bot that is gone runs out.
  await db.sql(`update lead_bot.messages set lease_until = now() - interval '1 second'
                 where lease_token is not null`);
  await startAnother();
  await until(async () => (await rows(worlds.away)).every(({ state }) => state === 'posted'));
  expect(slack.messages(HOT_LEADS)).toHaveLength(2);
});

test.concurrent('fault-58 a second SIGTERM ends the bot at once, with another exit code than 0', async () => {
  const { logged } = worlds.twice;
  const bot = await posting(worlds.twice, { kind: 'late', until: never });
  process.kill(bot.pid, 'SIGTERM');
  await until(() => logged.join('\n').includes('"stopping"'));
  // The post is given up after ten seconds, and then the first one would have ended it with 0.
  expect(await sigterm(bot)).toBeLessThan(9_000);
  expect(bot.exitCode()).toBe(1);
});

test.concurrent('fault-58 messages that the database hands out after SIGTERM are handed back at no cost', async () => {
  const { slack, db, logged, startAnother } = worlds.taking;
  const bot = await startAnother();
  await until(() => logged.join('\n').includes('"running"'));
  const channels = await lock(db, 'lock table lead_bot.channels in share mode');
  await addLead(db);
  await channels.holdsUp('lead_bot_take');
  const ended = sigterm(bot);
  await until(() => logged.join('\n').includes('"stopping"'));
  await channels.release();
  expect(await ended).toBeLessThan(LIMIT_MS);
  expect(bot.exitCode()).toBe(0);
  expect(slack.calls('chat.postMessage')).toEqual([]);
  expect(await rows(worlds.taking)).toEqual([{ state: 'pending', tried: false, leased: false }]);
  await startAnother();
  await message(slack, HOT_LEADS, 'Acme');
});
