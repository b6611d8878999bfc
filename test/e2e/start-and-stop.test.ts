import { expect, test, vi } from 'vitest';
import { type BotProcess, startBot } from '../../src/sandbox/demo/bot-process.ts';
import type { Misbehavior } from '../../src/sandbox/slack/local-slack.ts';
import { seeded } from '../kill/random.ts';
import { failingGateway } from '../support/failing-gateway.ts';
import { HOT_LEADS, startWorld } from '../support/world.ts';

const { slack, db, logged, startAnother } = await startWorld({ replicas: 0 });

/** Starts a bot with these changes to a valid environment; resolves when it exits. */
async function endOf(env: Readonly<Record<string, string>>): Promise<BotProcess> {
  const bot = await startAnother(env);
  await bot.ended;
  return bot;
}

const SECRETS = () => [slack.botToken, slack.appToken, db.keyFor('lead_bot')];

test('exits with every problem in one message when the environment is empty', async () => {
  const bot = await startBot({}, () => {});
  await bot.ended;
  for (const name of [
    'SLACK_BOT_TOKEN',
    'SLACK_APP_TOKEN',
    'SUPABASE_URL',
    'SUPABASE_KEY',
    'ALERT_CHANNEL',
  ]) {
    expect(bot.tail()).toContain(name);
  }
  expect(bot.exitCode()).toBe(1);
});

test('exits with one line of advice when the bot token is wrong', async () => {
  const bot = await endOf({ SLACK_BOT_TOKEN: 'xoxb-wrong-token' });
  expect(bot.tail()).toContain('Slack refuses SLACK_BOT_TOKEN (invalid_auth)');
  expect(bot.tail()).not.toContain('xoxb-wrong-token');
  expect(bot.exitCode()).toBe(1);
});

test('exits with one line of advice when the app token is wrong', async () => {
  const bot = await endOf({ SLACK_APP_TOKEN: 'xapp-wrong-token' });
  expect(bot.tail()).toContain('SLACK_APP_TOKEN');
  expect(bot.exitCode()).toBe(1);
});

test('exits with one line when the database rejects the key', async () => {
  const bot = await endOf({ SUPABASE_KEY: 'no-key-of-this-database-at-all' });
  expect(bot.tail()).toContain('SUPABASE_KEY');
  expect(bot.exitCode()).toBe(1);
});

test("exits with one line when the key's role may not call the bot's functions", async () => {
  const bot = await endOf({ SUPABASE_KEY: db.keyFor('anon') });
  expect(bot.tail()).toContain('must be the secret key, or a token of the role lead_bot');
  expect(bot.exitCode()).toBe(1);
});

test('exits with one line when the port is taken, also in Socket Mode', async () => {
  const taken = new URL(slack.apiUrl).port;
  const bot = await endOf({ PORT: taken });
  expect(bot.tail()).toContain(`Port ${taken} can't be opened (EADDRINUSE). Check PORT.`);
  expect(bot.tail()).not.toContain('at Server');
  expect(bot.exitCode()).toBe(1);
});

test('reconnects when the socket is cut', async () => {
  const bot = await startAnother();
  await slack.until(() => slack.connected(), { what: 'the connection' });
  slack.dropSockets();
  await slack.until(() => !slack.connected(), { what: 'the cut' });
  await slack.until(() => slack.connected(), { what: 'a new connection' });
  expect(await slack.say('U0BEN', HOT_LEADS, '/lead help')).toMatchObject({ ok: true });
  await bot.stop();
});

test('logs the next digests at the start, and exits with 0 on SIGTERM', async () => {
  const bot = await startAnother({ TIMEZONE: 'Asia/Tokyo' });
  await slack.until(() => slack.connected(), { what: 'the connection' });
  await expect
    .poll(() => logged.findLast((line) => line.includes('next digests: ')))
    .toMatch(/next digests: (?:\w{3} 29 Feb \d{4} at 00:00(?:, )?){3} \(Asia\/Tokyo\)/);
  await bot.stop();
  expect(bot.exitCode()).toBe(0);
});

test('exits with 0 on SIGTERM just after losing its connection', async () => {
  const bot = await startAnother();
  await slack.until(() => slack.connected(), { what: 'the connection' });
  slack.dropSockets();
  await slack.until(() => !slack.connected(), { what: 'the cut' });
  await bot.stop();
  expect(bot.exitCode()).toBe(0);
});

test('exits with 0 on SIGTERM before it could connect to Slack', async () => {
  const method = 'apps.connections.open';
  const before = slack.calls(method).length;
  const undo = slack.misbehave({ method, how: { kind: 'status', status: 503 } });
  const bot = await startAnother();
  await slack.until(() => slack.calls(method).length > before, { what: 'a try to connect' });
  await bot.stop();
  expect(bot.exitCode()).toBe(0);
  undo();
});

test('asks Slack and the database at the same time at the start', async () => {
  const gateway = await failingGateway(db.url);
  const methods = ['users.info', 'conversations.info'] as const;
  const before = methods.map((method) => slack.calls(method).length);
  // Answered in turn, the first question would wait forever for the others.
  const allAsked = vi.waitFor(
    () => {
      expect(gateway.calls('lead_bot_health')).toBeGreaterThan(0);
      for (const [n, method] of methods.entries()) {
        expect(slack.calls(method).length).toBeGreaterThan(before[n] ?? 0);
      }
    },
    { timeout: 15_000 },
  );
  const undo = methods.map((method) =>
    slack.misbehave({ method, times: 1, how: { kind: 'late', until: allAsked } }),
  );
  const bot = await startAnother({ SUPABASE_URL: gateway.url });
  await slack.until(() => slack.connected(), { what: 'the connection' });
  await allAsked;
  for (const end of undo) end();
  await bot.stop();
});

test('warns at the start about an unknown channel id', async () => {
  const bot = await startAnother({ ALERT_CHANNEL: 'C0NOSUCH' });
  await slack.until(() => slack.connected(), { what: 'the connection' });
  const line = logged.find((one) => one.includes('C0NOSUCH') && one.includes('channel_not_found'));
  expect(line).toContain('Check the id');
  await bot.stop();
});

test('connects within a minute while a quarter of the calls to Slack fail, and repeats no answered call', async () => {
  const random = seeded(41);
  const since = slack.calls().length;
  const faults: Misbehavior[] = [
    { kind: 'status', status: 503 },
    { kind: 'reset', accept: false },
    { kind: 'error', error: 'internal_error' },
  ];
  const undos = faults.map((how, n) =>
    // The newest of the three rules goes first. Together they hit a quarter of the calls.
    slack.misbehave({ how, when: () => random.chance(1 / (10 + n)) }),
  );
  const bot = await startAnother();
  await slack.until(() => slack.connected(), { what: 'the connection', timeoutMs: 60_000 });
  for (const undo of undos) undo();
  const answered = slack
    .calls('auth.test')
    .filter((call) => slack.calls().indexOf(call) >= since && call.fault === null);
  expect(answered).toHaveLength(1);
  expect(
    slack
      .calls()
      .slice(since)
      .some(({ fault }) => fault !== null),
  ).toBe(true);
  await bot.stop();
}, 70_000);

test('logs no secret', () => {
  const all = logged.join('\n');
  for (const secret of SECRETS()) expect(all).not.toContain(secret);
  expect(all).not.toContain('marcus.chen@');
});
