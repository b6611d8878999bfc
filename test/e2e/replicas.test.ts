import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { createPanel } from '../../src/sandbox/demo/panel.ts';
import { PEOPLE } from '../../src/sandbox/slack/defaults.ts';
import { alertOf } from '../support/leads.ts';
import {
  ALICE,
  answer,
  DIGEST,
  dueNow,
  HOT_LEADS,
  message,
  onMessage,
  pollsForAnHour,
  readable,
  startWorld,
} from '../support/world.ts';

const CROWD = Array.from({ length: 20 }, (_, n) => ({
  id: `U0AE${n}`,
  name: `ae${n}`,
  realName: `AE ${n}`,
}));

const { slack, db, bots, startAnother } = await startWorld({
  replicas: 2,
  slack: { people: [...PEOPLE, ...CROWD] },
});
const panel = createPanel(db.adminUrl);

test('posts each card once with two replicas', async () => {
  await message(slack, HOT_LEADS, 'VelocityPay');
  await message(slack, HOT_LEADS, 'HomeFront');
  await slack.until(() => slack.connections() === 2, { what: 'both replicas' });
  await panel.run('medisync-hot');
  await message(slack, HOT_LEADS, 'MediSync');
  expect(slack.messages(HOT_LEADS)).toHaveLength(3);
});

test('posts one digest, with the unclaimed leads, with two replicas', async () => {
  await pollsForAnHour(db);
  const due = { DIGEST_SCHEDULE: dueNow() };
  await Promise.all([startAnother(due), startAnother(due)]);
  const digest = await message(slack, DIGEST, 'VelocityPay', 'HomeFront');
  expect(readable(digest)).toContain('[Claim lead]');
  expect(slack.messages(DIGEST)).toHaveLength(1);
});

test("updates the digest's row and the card after a claim from the row", async () => {
  const digest = await message(slack, DIGEST, 'HomeFront');
  const alert = await alertOf(db, 'homefront.tech');
  await slack.press(ALICE, onMessage(digest), { actionId: ids.claim, value: alert });
  await message(slack, HOT_LEADS, 'HomeFront', 'Claimed by @U0ALICE');
  await message(slack, DIGEST, 'HomeFront', '@U0ALICE');
});

test('lets one of twenty concurrent claims win, and tells the others who won', async () => {
  const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  const alert = await alertOf(db, 'velocitypay.io');
  await Promise.all(
    CROWD.map(({ id }) =>
      slack.pressWith(id, onMessage(card), {
        type: 'button',
        action_id: ids.claim,
        block_id: 'b',
        value: alert,
      }),
    ),
  );
  const claimed = await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0AE');
  const winner = /Claimed by @(U0AE\d+)/.exec(readable(claimed))?.[1] ?? '';
  for (const { id } of CROWD.filter((ae) => ae.id !== winner)) {
    await answer(slack, id, `claimed by @${winner}`);
  }
  expect(slack.privateAnswers(winner)).toMatchObject([{ text: 'You claimed VelocityPay.' }]);
});

test('goes on when all replicas but one are killed', async () => {
  await Promise.all(bots.slice(0, -1).map((bot) => bot.kill()));
  await panel.run('cloudmetrics-hot');
  const card = await message(slack, HOT_LEADS, 'CloudMetrics');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'CloudMetrics', 'Claimed by @U0ALICE');
  expect(slack.messages(DIGEST)).toHaveLength(1);
});
