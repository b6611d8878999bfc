import { expect, test } from 'vitest';
import { type BotProcess, startBot } from '../../src/sandbox/demo/bot-process.ts';
import type { Misbehavior } from '../../src/sandbox/slack/local-slack.ts';
import { seeded } from '../kill/random.ts';
import { HOT_LEADS, startWorld } from '../support/world.ts';

const { slack, db, logged, startAnother } = await startWorld({ replicas: 0 });

/** Starts a bot with a whole environment but for these; resolves when it has ended by itself. */
async function endOf(env: Readonly<Record<string, string>>): Promise<BotProcess> {
  const bot = await startAnother(env);
  await bot.ended;
  return bot;
}

const SECRETS = () => [slack.botToken, slack.appToken, db.keyFor('lead_bot')];

test('an empty environment ends the bot with every problem in one message', async () => {
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

test('a wrong bot token ends the bot with one line that says what to check', async () => {
  const bot = await endOf({ SLACK_BOT_TOKEN: 'xoxb-wrong-token' });
  expect(bot.tail()).toContain('Slack refuses SLACK_BOT_TOKEN (invalid_auth)');
  expect(bot.tail()).not.toContain('xoxb-wrong-token');
  expect(bot.exitCode()).toBe(1);
});

test('a wrong app token ends the bot with one line that says what to check', async () => {
  const bot = await endOf({ SLACK_APP_TOKEN: 'xapp-wrong-token' });
  expect(bot.tail()).toContain('SLACK_APP_TOKEN');
  expect(bot.exitCode()).toBe(1);
});

test('a key that the database does not accept ends the bot with one line', async () => {
  const bot = await endOf({ SUPABASE_KEY: 'no-key-of-this-database-at-all' });
  expect(bot.tail()).toContain('SUPABASE_KEY');
  expect(bot.exitCode()).toBe(1);
});

test('a key of a role that may not call the functions of the bot ends it with one line', async () => {
  const bot = await endOf({ SUPABASE_KEY: db.keyFor('anon') });
  expect(bot.tail()).toContain('must be the secret key, or a token of the role lead_bot');
  expect(bot.exitCode()).toBe(1);
});

test('a port that is taken ends the bot with one line, in Socket Mode too', async () => {
  const taken = new URL(slack.apiUrl).port;
  const bot = await endOf({ PORT: taken });
  expect(bot.tail()).toContain(`Port ${taken} can't be opened (EADDRINUSE). Check PORT.`);
  expect(bot.tail()).not.toContain('at Server');
  expect(bot.exitCode()).toBe(1);
});

test('a bot whose socket is cut connects again', async () => {
  const bot = await startAnother();
  await slack.until(() => slack.connected(), { what: 'the connection' });
  slack.dropSockets();
  await slack.until(() => !slack.connected(), { what: 'the cut' });
  await slack.until(() => slack.connected(), { what: 'a new connection' });
  expect(await slack.say('U0BEN', HOT_LEADS, '/lead help')).toMatchObject({ ok: true });
  await bot.stop();
});

test('a start says when the next digests come, and SIGTERM ends the bot with exit code 0', async () => {
  const bot = await startAnother({ TIMEZONE: 'Asia/Tokyo' });
  await slack.until(() => slack.connected(), { what: 'the connection' });
  await expect
    .poll(() => logged.findLast((line) => line.includes('next digests: ')))
    .toMatch(/next digests: (?:\w{3} 29 Feb \d{4} at 00:00(?:, )?){3} \(Asia\/Tokyo\)/);
  await bot.stop();
  expect(bot.exitCode()).toBe(0);
});

test('SIGTERM ends a bot that has just lost its connection with exit code 0', async () => {
  const bot = await startAnother();
  await slack.until(() => slack.connected(), { what: 'the connection' });
  slack.dropSockets();
  await slack.until(() => !slack.connected(), { what: 'the cut' });
  await bot.stop();
  expect(bot.exitCode()).toBe(0);
});

test('SIGTERM ends a bot that can not connect to Slack yet with exit code 0', async () => {
  const method = 'apps.connections.open';
  const before = slack.calls(method).length;
  const mend = slack.misbehave({ method, how: { kind: 'status', status: 503 } });
  const bot = await startAnother();
  await slack.until(() => slack.calls(method).length > before, { what: 'a try to connect' });
  await bot.stop();
  expect(bot.exitCode()).toBe(0);
  mend();
});

test('an id of no channel is a warning at the start, before anything is due', async () => {
  const bot = await startAnother({ ALERT_CHANNEL: 'C0NOSUCH' });
  await slack.until(() => slack.connected(), { what: 'the connection' });
  const line = logged.find((one) => one.includes('C0NOSUCH') && one.includes('channel_not_found'));
  expect(line).toContain('Check the id');
  await bot.stop();
});

test('while a quarter of all calls to Slack fail, a bot is connected within a minute, and asks nothing twice that was answered', async () => {
  const random = seeded(41);
  const since = slack.calls().length;
  const faults: Misbehavior[] = [
    { kind: 'status', status: 503 },
    { kind: 'reset', accept: false },
    { kind: 'error', error: 'internal_error' },
  ];
  const mend = faults.map((how, n) =>
    // Of three rules the newest is asked first: together they strike a quarter.
    slack.misbehave({ how, when: () => random.chance(1 / (10 + n)) }),
  );
  const bot = await startAnother();
  await slack.until(() => slack.connected(), { what: 'the connection', timeoutMs: 60_000 });
  for (const end of mend) end();
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

test('no secret was ever logged', () => {
  const all = logged.join('\n');
  for (const secret of SECRETS()) expect(all).not.toContain(secret);
  expect(all).not.toContain('marcus.chen@');
});
