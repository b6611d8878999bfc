import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import type { BotProcess } from '../../src/sandbox/demo/bot-process.ts';
import { EXTERNAL_PERSON, PEOPLE, SCOPES } from '../../src/sandbox/slack/defaults.ts';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { alertOf } from '../support/leads.ts';
import { freePort } from '../support/listen.ts';
import {
  ALICE,
  answer,
  confirmShare,
  DIGEST,
  HOT_LEADS,
  message,
  onMessage,
  startWorld,
} from '../support/world.ts';

const GUS = 'U0GUS';
const DANA = EXTERNAL_PERSON.id;

const { slack, db, logged, startAnother } = await startWorld({
  replicas: 0,
  slack: {
    people: [
      ...PEOPLE,
      EXTERNAL_PERSON,
      { id: GUS, name: 'gus', realName: 'Gus', guest: 'multi' as const },
    ],
    channels: [
      { id: HOT_LEADS, name: 'hot-leads', kind: 'private', botIn: false },
      { id: DIGEST, name: 'sales-digest' },
    ],
  },
});

/** Stops the bot, and waits until Slack sends it no more gestures. */
const stop = async (bot: BotProcess) => {
  await bot.stop();
  await slack.until(() => slack.connections() === 0, { what: 'the end of the socket' });
};

const claim = async (user: string, domain: string) => {
  const card = await message(slack, HOT_LEADS, domain);
  const value = await alertOf(db, domain);
  await slack.pressWith(user, onMessage(card), {
    type: 'button',
    action_id: ids.claim,
    block_id: 'b',
    value,
  });
};

test.each([
  ['shared with', 'external'],
  ['being shared with', 'pending'],
] as const)(
  'does not start when its channel is %s another organization, and says why',
  async (_, shared) => {
    slack.changeChannel(DIGEST, { shared });
    const bot = await startAnother();
    await bot.ended;
    slack.changeChannel(DIGEST, { shared: null });
    expect(bot.exitCode()).toBe(1);
    expect(bot.tail()).toContain(`The channel ${DIGEST} is shared with other organizations`);
    expect(bot.tail()).toContain('ALLOW_EXTERNAL=true');
  },
);

test.each(['users:read', 'channels:read'])(
  'does not start without the scope %s, and says so',
  async (missing) => {
    const other = await startLocalSlack({ scopes: SCOPES.filter((scope) => scope !== missing) });
    const bot = await startAnother({
      SLACK_API_URL: other.apiUrl,
      SLACK_BOT_TOKEN: other.botToken,
      SLACK_APP_TOKEN: other.appToken,
    });
    await bot.ended;
    await other.close();
    expect(bot.exitCode()).toBe(1);
    expect(bot.tail()).toContain(`The bot token lacks the scope ${missing}`);
  },
);

test("shows nothing and is not ready when a running bot's channel becomes shared", async () => {
  const port = await freePort();
  const bot = await startAnother({ PORT: String(port) });
  await slack.until(() => slack.connected(), { what: 'the bot' });
  slack.changeChannel(HOT_LEADS, { shared: 'external', botIn: true });
  await expect
    .poll(() => logged.filter((line) => line.includes('"is_ext_shared"')), { timeout: 50_000 })
    .not.toEqual([]);
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain(`${HOT_LEADS} is shared with other organizations`);
  expect(slack.messages(HOT_LEADS)).toEqual([]);

  slack.changeChannel(HOT_LEADS, { shared: null });
  // Skip the seconds of the channel's pause.
  await db.sql('delete from lead_bot.channels');
  await db.sql('update lead_bot.messages set next_try_at = now()');
  await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  await stop(bot);
});

test('lets guests work on leads with ALLOW_GUESTS, but not other organizations', async () => {
  const bot = await startAnother({ ALLOW_GUESTS: 'true' });
  await slack.until(() => slack.connected(), { what: 'the bot' });
  await claim(DANA, 'velocitypay.io');
  await answer(slack, DANA, 'Only members of this workspace');
  await claim(GUS, 'velocitypay.io');
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0GUS');
  await stop(bot);
});

test('treats a shared channel like any other with ALLOW_EXTERNAL, but does not admit guests', async () => {
  slack.changeChannel(HOT_LEADS, { shared: 'external' });
  await startAnother({ ALLOW_EXTERNAL: 'true' });
  await slack.until(() => slack.connected(), { what: 'the bot' });
  await claim(GUS, 'homefront.tech');
  await answer(slack, GUS, 'Guests can’t work on leads');
  await claim(DANA, 'homefront.tech');
  await message(slack, HOT_LEADS, 'HomeFront', 'Claimed by @U0DANA');
  await slack.say(ALICE, HOT_LEADS, '/lead homefront.tech');
  const own = await answer(slack, ALICE, 'HomeFront');
  await slack.press(ALICE, onMessage(own), { actionId: ids.share });
  await confirmShare(slack, ALICE, 'HomeFront');
  await message(slack, HOT_LEADS, 'hared by @U0ALICE');
});
