import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { createPanel } from '../../src/sandbox/demo/panel.ts';
import { alertOf } from '../support/leads.ts';
import { lock } from '../support/lock.ts';
import {
  ALICE,
  answer,
  BEN,
  CHLOE,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  readable,
  startWorld,
} from '../support/world.ts';

/* Two bot processes. The local Slack uses sockets in turn, so two presses reach both. */

const { slack, db, bots, logged, startAnother } = await startWorld({ replicas: 2 });
const panel = createPanel(db.adminUrl);
await slack.until(() => slack.connections() === 2, { what: 'both replicas' });

const ALERTS = 'select from lead_bot.alerts for update';

/** Presses the button even if the card no longer has it. */
const pressClaim = (user: string, card: { channel: string; ts: string }, alert: string) =>
  slack.pressWith(user, onMessage(card), {
    type: 'button',
    action_id: ids.claim,
    block_id: 'b',
    value: alert,
  });

const steps = (account: string, kind: string) =>
  db.sql(
    `select e.actor from lead_bot.alert_events e join lead_bot.alerts a on a.id = e.alert_id
      where a.account_key = $1 and e.kind = $2`,
    [account, kind],
  );

test('fault-45 button of a closed alert: refused with an explanation, and the new alert is untouched', async () => {
  const old = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  const oldAlert = await alertOf(db, 'velocitypay.io');
  await panel.run('velocitypay-cools');
  await message(slack, HOT_LEADS, '🌥️ VelocityPay');
  await db.sql(`update lead_bot.alerts set cooling_since = cooling_since - interval '25 hours'
                 where account_key = 'velocitypay.io'`);
  await message(slack, HOT_LEADS, '❄️ VelocityPay');
  await panel.run('velocitypay-hot');
  const fresh = await message(slack, HOT_LEADS, '🔥 VelocityPay', '[Claim lead]');
  expect(fresh.ts).not.toBe(old.ts);

  await pressClaim(CHLOE, old, oldAlert);
  await answer(slack, CHLOE, 'This alert for VelocityPay ended', '/lead');
  expect(await steps('velocitypay.io', 'claimed')).toEqual([]);
  expect(readable(await message(slack, HOT_LEADS, '🔥 VelocityPay'))).toContain('[Claim lead]');
});

test('fault-45 button of an outdated card: refused, and names who was faster', async () => {
  const card = await message(slack, HOT_LEADS, '🔥 VelocityPay', '[Claim lead]');
  const alert = await alertOf(db, 'velocitypay.io');
  await pressClaim(BEN, card, alert);
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0BEN');
  await pressClaim(CHLOE, card, alert);
  await answer(slack, CHLOE, 'VelocityPay was claimed by @U0BEN');
});

test('fault-38 two replicas get the same press: one claim, and the second reports it', async () => {
  const card = await message(slack, HOT_LEADS, 'HomeFront', '[Claim lead]');
  const alert = await alertOf(db, 'homefront.tech');
  await Promise.all([pressClaim(ALICE, card, alert), pressClaim(ALICE, card, alert)]);
  await message(slack, HOT_LEADS, 'HomeFront', 'Claimed by @U0ALICE');
  await answer(slack, ALICE, 'You have already claimed HomeFront');
  expect(await steps('homefront.tech', 'claimed')).toEqual([{ actor: ALICE }]);
});

test('fault-42 database slower than three seconds: acknowledged at once, answered later', async () => {
  await panel.run('cloudmetrics-hot');
  const card = await message(slack, HOT_LEADS, 'CloudMetrics', '[Claim lead]');
  const alert = await alertOf(db, 'cloudmetrics.dev');
  const alerts = await lock(db, ALERTS);
  expect(await pressClaim(BEN, card, alert)).toEqual({ ok: true });
  await alerts.holdsUp('lead_bot_claim');
  expect(await pressClaim(CHLOE, card, alert)).toEqual({ ok: true });
  expect(readable(await message(slack, HOT_LEADS, 'CloudMetrics'))).toContain('[Claim lead]');
  await alerts.release();
  // Postgres decides which of the two waiting calls gets the row first.
  const claimed = await message(slack, HOT_LEADS, 'CloudMetrics', 'Claimed by @U0');
  const [winner, loser] = readable(claimed).includes(BEN) ? [BEN, CHLOE] : [CHLOE, BEN];
  await answer(slack, loser, `CloudMetrics was claimed by @${winner}`);
});

test('fault-42 slow database fails to save a contact: the modal says so and shows the note to copy', async () => {
  const card = await message(slack, HOT_LEADS, 'HomeFront', 'Claimed by @U0ALICE');
  await slack.press(ALICE, onMessage(card), { actionId: ids.contact });
  const form = await modal(slack, ALICE, 'How did you reach out');
  const alerts = await lock(db, ALERTS);
  const submitted = slack.submit(ALICE, form.id, {
    [ids.contactMethod]: 'call',
    [ids.contactNote]: 'Ask for Sarah.\nNot before *ten*.',
  });
  await modal(slack, ALICE, 'Saving');
  expect(await submitted).toEqual({ ok: true });
  await alerts.cancelWaiting();
  const { view } = await modal(slack, ALICE, "couldn't be saved", 'Ask for Sarah.');
  expect(JSON.stringify(view.blocks)).toContain(
    JSON.stringify('Ask for Sarah.\nNot before *ten*.'),
  );
  await expect.poll(() => logged.join('\n')).toContain('a gesture failed');
  await alerts.release();
});

test('fault-41 crash between acknowledgement and work: nothing changes, and a second press works', async () => {
  await panel.run('medisync-hot');
  const card = await message(slack, HOT_LEADS, 'MediSync', '[Claim lead]');
  const alert = await alertOf(db, 'medisync.health');
  const alerts = await lock(db, ALERTS);
  expect(await pressClaim(ALICE, card, alert)).toEqual({ ok: true });
  await alerts.holdsUp('lead_bot_claim');
  await Promise.all(bots.map((bot) => bot.kill()));
  await alerts.cancelWaiting();
  await alerts.release();
  // Expires the leases of the killed bots, as time would within a minute.
  await db.sql(`update lead_bot.messages set lease_until = now() - interval '1 second'
                 where lease_until is not null`);
  expect(readable(await message(slack, HOT_LEADS, 'MediSync'))).toContain('[Claim lead]');

  await slack.until(() => !slack.connected(), { what: 'the end of both sockets' });
  await startAnother();
  await slack.until(() => slack.connected(), { what: 'the next bot' });
  expect(await pressClaim(ALICE, card, alert)).toEqual({ ok: true });
  await message(slack, HOT_LEADS, 'MediSync', 'Claimed by @U0ALICE');
  expect(await steps('medisync.health', 'claimed')).toEqual([{ actor: ALICE }]);
});
