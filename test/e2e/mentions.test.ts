import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { EXTERNAL_PERSON, PEOPLE } from '../../src/sandbox/slack/defaults.ts';
import { ALICE, BEN, DIGEST, HOT_LEADS, message, readable, startWorld } from '../support/world.ts';

const PARTNERS = 'C0PARTNERS';
const DANA = EXTERNAL_PERSON.id;
const BOT = '<@U0BOT>';

const { slack, db, logged } = await startWorld({
  replicas: 2,
  slack: {
    people: [
      ...PEOPLE,
      EXTERNAL_PERSON,
      { id: 'U0OTHERBOT', name: 'otherbot', realName: 'Other Bot', isBot: true },
    ],
    channels: [
      { id: HOT_LEADS, name: 'hot-leads' },
      { id: DIGEST, name: 'sales-digest' },
      { id: PARTNERS, name: 'partners', shared: 'external' },
    ],
  },
});
await message(slack, HOT_LEADS, 'VelocityPay');
await slack.until(() => slack.connections() === 2, { what: 'both sockets' });

/** Mentions the bot, and waits for the private answer to it. */
async function asked(user: string, text: string, channel = PARTNERS, threadTs?: string) {
  const before = slack.privateAnswers(user).length;
  expect(await slack.say(user, channel, text, threadTs)).toEqual({ ok: true });
  return slack.until(() => slack.privateAnswers(user)[before], { what: `the answer to ${text}` });
}

test('answers a domain like /lead, to whoever asked alone', async () => {
  const reply = await asked(ALICE, `${BOT} velocitypay.io`);
  expect(readable(reply)).toContain('VelocityPay · 88');
  expect(reply.channel).toBe(PARTNERS);
  expect(slack.privateAnswers(BEN)).toEqual([]);
  expect(slack.messages(PARTNERS).map(({ user }) => user)).toEqual([ALICE]);
});

test('the answer has buttons that work', async () => {
  const reply = await asked(ALICE, `${BOT} velocitypay.io`, HOT_LEADS);
  await slack.press(
    ALICE,
    { in: 'message', channel: HOT_LEADS, ts: reply.ts },
    { actionId: ids.claim },
  );
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0ALICE');
});

test('answers in the thread', async () => {
  await slack.say(BEN, DIGEST, 'Who knows them?');
  const parent = slack.messages(DIGEST).findLast(({ user }) => user === BEN)?.ts ?? '';
  const reply = await asked(BEN, `Do you, ${BOT}? homefront.tech`, DIGEST, parent);
  expect(reply).toMatchObject({ channel: DIGEST, thread_ts: parent });
  expect(readable(reply)).toContain('HomeFront');
});

test.each([
  ['', '`/lead mine`: leads you have claimed'],
  ['hot', 'hot leads'],
  ['mine', '1 lead for you'],
  ['why velocitypay.io', 'VelocityPay'],
  ['zzzyqx.example', 'No lead matches'],
  ['???', "I couldn't read"],
])('answers “%s” with %s', async (words, expected) => {
  expect(readable(await asked(ALICE, `${BOT} ${words}`))).toContain(expected);
});

test('someone of another organization learns in a shared channel only that they may not', async () => {
  const reply = await asked(DANA, `${BOT} velocitypay.io`);
  expect(readable(reply).trim()).toBe('Only members of this workspace can work on leads.');
  await expect
    .poll(() => db.sql('select actor, action, channel, why from lead_bot.access_refusals'))
    .toEqual([{ actor: DANA, action: 'app_mention', channel: PARTNERS, why: 'external' }]);
});

test('fault-48 answers once what Slack delivers again, to whichever bot', async () => {
  slack.loseAcks(1);
  const before = slack.privateAnswers(BEN).length;
  const seen = await db.sql('select from lead_bot.seen_requests');
  await asked(BEN, `${BOT} velocitypay.io`);
  // The next answer comes after that to the repeated one.
  await asked(BEN, `${BOT} homefront.tech`);
  expect(slack.privateAnswers(BEN)).toHaveLength(before + 2);
  expect(await db.sql('select from lead_bot.seen_requests')).toHaveLength(seen.length + 2);
});

test.each([
  { user: 'U0BOT', bot_id: 'B0BOT' },
  { user: 'U0OTHERBOT', bot_id: 'B0OTHER' },
  { user: 'U0BOT' },
])('ignores a mention by a bot: %j', async (by) => {
  const calls = slack.calls('chat.postEphemeral').length;
  const event = { type: 'app_mention', channel: PARTNERS, ts: '1.1', event_ts: '1.1' };
  await slack.sendEvent({ ...event, text: `${BOT} velocitypay.io`, ...by });
  await asked(BEN, `${BOT} homefront.tech`);
  expect(slack.calls('chat.postEphemeral')).toHaveLength(calls + 1);
});

test('what a mention says is not logged', async () => {
  await asked(BEN, `${BOT} unsaid-secret.example`);
  expect(logged.join('\n')).not.toContain('unsaid');
});
