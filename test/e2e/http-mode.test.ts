import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import {
  ALICE,
  answer,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  startWorld,
} from '../support/world.ts';

const { slack, http, bots } = await startWorld({ http: true });

test('over signed HTTP requests the bot does what it does over a socket', async () => {
  const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0ALICE');
  await slack.say(ALICE, HOT_LEADS, '/lead homefront.tech');
  await answer(slack, ALICE, 'HomeFront');
  await slack.press(ALICE, onMessage(card), { actionId: ids.contact });
  const form = await modal(slack, ALICE, 'How did you reach out');
  await slack.submit(ALICE, form.id, { [ids.contactMethod]: 'email' });
  await message(slack, HOT_LEADS, 'VelocityPay', 'Contacted');
});

test('the health of the bot is served on the same port', async () => {
  expect((await fetch(`${http}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${http}/readyz`)).json()).toEqual({ ok: true, problems: [] });
});

test('SIGTERM ends the bot with exit code 0', async () => {
  await Promise.all(bots.map((bot) => bot.stop()));
  expect(bots.map((bot) => bot.exitCode())).toEqual([0]);
});
