import { expect, test, vi } from 'vitest';
import type { BotProcess } from '../../src/sandbox/demo/bot-process.ts';
import { addLead } from '../support/leads.ts';
import { lock } from '../support/lock.ts';
import { HOT_LEADS, message, startWorld, type World } from '../support/world.ts';

/*
 * Two of these wait ten seconds and more for the bot's timeouts, so all run concurrently, each in its own world.
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

/** A bot whose first post Slack has received but not answered. */
async function posting(
  { slack, startAnother }: World,
  how: Parameters<World['slack']['misbehave']>[0]['how'],
): Promise<BotProcess> {
  slack.misbehave({ method: 'chat.postMessage', times: 1, how });
  const bot = await startAnother();
  await until(() => slack.calls('chat.postMessage').length === 1);
  return bot;
}

/** `expect.poll` doesn't work in concurrent tests. */
const until = (condition: () => boolean | Promise<boolean>) =>
  vi.waitUntil(condition, { timeout: 30_000, interval: 20 });

/** Resolves with the milliseconds it took. */
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

test.concurrent('fault-58 on SIGTERM during a post, finishes and confirms it and takes no more', async () => {
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

test.concurrent('fault-58 on SIGTERM during a hanging post, leaves it unclear without a lease, and the next bot finds it', async () => {
  const { slack, startAnother } = worlds.hanging;
  const bot = await posting(worlds.hanging, { kind: 'hang', accept: true });
  expect(await sigterm(bot)).toBeLessThan(LIMIT_MS);
  expect(bot.exitCode()).toBe(0);
  expect((await rows(worlds.hanging))[0]).toEqual({ state: 'unclear', tried: true, leased: false });
  await startAnother();
  await until(async () => (await rows(worlds.hanging)).every(({ state }) => state === 'posted'));
  expect(slack.messages(HOT_LEADS)).toHaveLength(2);
});

test.concurrent('fault-58 on SIGTERM while the database is away, exits in time, and its post is found later', async () => {
  const { slack, db, logged, startAnother } = worlds.away;
  const answer = Promise.withResolvers<void>();
  const bot = await posting(worlds.away, { kind: 'late', until: answer.promise });
  await db.stopPostgrest();
  answer.resolve();
  expect(await sigterm(bot)).toBeLessThan(LIMIT_MS);
  expect(bot.exitCode()).toBe(0);
  expect(logged.join('\n')).toContain('stopped with unfinished work');
  await db.startPostgrest();
  // The stopped bot's lease expires.
  await db.sql(`update lead_bot.messages set lease_until = now() - interval '1 second'
                 where lease_token is not null`);
  await startAnother();
  await until(async () => (await rows(worlds.away)).every(({ state }) => state === 'posted'));
  expect(slack.messages(HOT_LEADS)).toHaveLength(2);
});

test.concurrent('fault-58 exits at once, not with 0, on a second SIGTERM', async () => {
  const { logged } = worlds.twice;
  const bot = await posting(worlds.twice, { kind: 'late', until: never });
  process.kill(bot.pid, 'SIGTERM');
  await until(() => logged.join('\n').includes('"stopping"'));
  // Otherwise the post would time out after ten seconds and the bot exit with 0.
  expect(await sigterm(bot)).toBeLessThan(9_000);
  expect(bot.exitCode()).toBe(1);
});

test.concurrent('fault-58 hands back messages leased after SIGTERM without counting an attempt', async () => {
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
