import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { lock } from '../support/lock.ts';
import {
  ALICE,
  answer,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  startWorld,
} from '../support/world.ts';

const { slack, db, http, bots } = await startWorld({ http: true });

const ready = async (): Promise<unknown> => (await fetch(`${http}/readyz`)).json();

test('handles gestures over signed HTTP requests', async () => {
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

test('handles shortcuts, mentions and Home over signed HTTP requests', async () => {
  await slack.shortcut(ALICE, ids.lookUp);
  const form = await modal(slack, ALICE, 'Look up a company');
  await slack.submit(ALICE, form.id, { [ids.lookUpText]: 'homefront.tech' });
  const details = await modal(slack, ALICE, 'HomeFront', 'Score');
  await slack.closeView(ALICE, details.id);
  await slack.say(ALICE, HOT_LEADS, '<@U0BOT> velocitypay.io');
  await answer(slack, ALICE, 'VelocityPay');
  const said = slack.messages(HOT_LEADS).findLast(({ user }) => user === ALICE);
  await slack.shortcutOn(ALICE, ids.companiesIn, HOT_LEADS, said?.ts ?? '');
  await answer(slack, ALICE, '1 company in this message');
  expect(await slack.openHome(ALICE)).toEqual({ ok: true });
  await expect.poll(() => JSON.stringify(slack.home(ALICE))).toContain('VelocityPay');
});

test('answers a mention once that Slack delivers again', async () => {
  const before = slack.privateAnswers(ALICE).length;
  slack.loseAcks(1);
  await slack.say(ALICE, HOT_LEADS, '<@U0BOT> velocitypay.io');
  await slack.say(ALICE, HOT_LEADS, '<@U0BOT> homefront.tech');
  await answer(slack, ALICE, 'HomeFront');
  await expect.poll(() => slack.privateAnswers(ALICE).length).toBe(before + 2);
});

test('serves its health on the same port', async () => {
  expect((await fetch(`${http}/healthz`)).status).toBe(200);
  expect(await ready()).toEqual({ ok: true, problems: [] });
});

test('is alive, but not ready, when Slack refuses the token, and says so', async () => {
  const undo = slack.misbehave({
    method: 'chat.update',
    how: { kind: 'error', error: 'token_revoked' },
  });
  const card = await message(slack, HOT_LEADS, 'HomeFront', '[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  const problems = ['Slack refuses every message (token_revoked)'];
  await expect.poll(ready).toEqual({ ok: false, problems });
  expect((await fetch(`${http}/healthz`)).status).toBe(200);
  undo();
  // The pause of all channels ends later.
  await db.sql('update lead_bot.channels set paused_until = now() where pauses > 0');
  await message(slack, HOT_LEADS, 'HomeFront', 'Claimed by @U0ALICE');
  await expect.poll(ready).toEqual({ ok: true, problems: [] });
});

test('fault-58 on SIGTERM in HTTP mode, answers gestures in flight and accepts no others', async () => {
  const card = await message(slack, HOT_LEADS, 'HomeFront', 'Claimed by @U0ALICE');
  await slack.press(ALICE, onMessage(card), { actionId: ids.contact });
  const form = await modal(slack, ALICE, 'How did you reach out');
  const alerts = await lock(db, 'select from lead_bot.alerts for update');
  const submitted = slack.submit(ALICE, form.id, { [ids.contactMethod]: 'email' });
  await alerts.holdsUp('lead_bot_contact');
  const ended = Promise.all(bots.map((bot) => bot.stop()));
  const refused = () =>
    fetch(`${http}/healthz`).then(
      () => false,
      () => true,
    );
  await expect.poll(refused).toBe(true);
  await alerts.release();
  expect(await submitted).toEqual({ ok: true });
  await ended;
  expect(bots.map((bot) => bot.exitCode())).toEqual([0]);
  expect(
    await db.sql(`select status from lead_bot.alerts where account_key = 'homefront.tech'`),
  ).toEqual([{ status: 'contacted' }]);
});
