import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { lock } from '../support/lock.ts';
import { BEN, HOT_LEADS, message, modal, onMessage, startWorld } from '../support/world.ts';

const { slack, db, logged, startAnother } = await startWorld({ replicas: 0 });
const first = await startAnother();

const ALERTS = 'select from lead_bot.alerts for update';

test('finishes a claim that was acknowledged before SIGTERM', async () => {
  const card = await message(slack, HOT_LEADS, 'HomeFront', '[Claim lead]');
  const alerts = await lock(db, ALERTS);
  await slack.press(BEN, onMessage(card), { actionId: ids.claim });
  await alerts.holdsUp('lead_bot_claim');
  const ended = first.stop();
  await expect.poll(() => logged.join('\n')).toContain('finishing gestures in flight');
  expect(slack.connected()).toBe(false);
  await alerts.release();
  await ended;
  expect(first.exitCode()).toBe(0);
  expect(logged.filter((line) => line.includes('"claim"') && line.includes('"done"'))).toHaveLength(
    1,
  );
  expect(
    await db.sql(`select status, owner from lead_bot.alerts where account_key = 'homefront.tech'`),
  ).toEqual([{ status: 'claimed', owner: BEN }]);
});

test('saves and answers a modal submitted before SIGTERM', async () => {
  const bot = await startAnother();
  const card = await message(slack, HOT_LEADS, 'HomeFront', 'Claimed by @U0BEN');
  await slack.until(() => slack.connected(), { what: 'the connection' });
  await slack.press(BEN, onMessage(card), { actionId: ids.contact });
  const form = await modal(slack, BEN, 'How did you reach out');
  const alerts = await lock(db, ALERTS);
  const submitted = slack.submit(BEN, form.id, { [ids.contactMethod]: 'email' });
  await alerts.holdsUp('lead_bot_contact');
  const ended = bot.stop();
  expect(await submitted).toEqual({ ok: true });
  await alerts.release();
  await modal(slack, BEN, 'Saved');
  await ended;
  expect(bot.exitCode()).toBe(0);
});

test('retries a database that fails once during the start', async () => {
  const channels = await lock(db, 'lock table lead_bot.channels in share mode');
  const bot = await startAnother();
  await channels.holdsUp('lead_bot_resume');
  await channels.cancelWaiting();
  await expect.poll(() => bot.tail()).toContain('Trying again');
  await channels.release();
  await slack.until(() => slack.connected(), { what: 'the connection' });
  await bot.stop();
  expect(bot.exitCode()).toBe(0);
});
