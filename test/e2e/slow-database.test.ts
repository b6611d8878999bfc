import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { lock } from '../support/lock.ts';
import { ALICE, HOT_LEADS, message, modal, onMessage, startWorld } from '../support/world.ts';

const { slack, db, logged } = await startWorld();

const ALERTS = 'select from lead_bot.alerts for update';

test('a contact that the database fails to save late leaves a modal with the note to copy', async () => {
  const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  const claimed = await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed');
  await slack.press(ALICE, onMessage(claimed), { actionId: ids.contact });
  const form = await modal(slack, ALICE, 'How did you reach out');
  const alerts = await lock(db, ALERTS);
  const submitted = slack.submit(ALICE, form.id, {
    [ids.contactMethod]: 'call',
    [ids.contactNote]: 'Ask for Sarah.\nNot before *ten*.',
  });
  await modal(slack, ALICE, 'Saving');
  expect(await submitted).toEqual({ ok: true });
  await alerts.cancelWaiting();
  const { view } = await modal(slack, ALICE, 'could not be saved', 'Ask for Sarah.');
  expect(JSON.stringify(view.blocks)).toContain(
    JSON.stringify('Ask for Sarah.\nNot before *ten*.'),
  );
  await expect.poll(() => logged.join('\n')).toContain('a gesture failed');
  await alerts.release();
});
