import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import {
  ALICE,
  alertOf,
  BEN,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  onView,
  startWorld,
} from '../support/world.ts';

const { slack, db } = await startWorld({ env: { FIRST_RUN: 'rollup' } });

test('leads that are hot already at the first run stand in one roll-up', async () => {
  await message(slack, HOT_LEADS, 'VelocityPay', 'HomeFront');
  expect(slack.messages(HOT_LEADS)).toHaveLength(1);
});

test('a lead is claimed from its row of the roll-up', async () => {
  const rollup = await message(slack, HOT_LEADS, 'VelocityPay', 'HomeFront');
  const alert = await alertOf(db, 'homefront.tech');
  await slack.press(ALICE, onMessage(rollup), { actionId: ids.claim, value: alert });
  await message(slack, HOT_LEADS, 'VelocityPay', 'HomeFront', 'claimed by @U0ALICE');
});

test('a lead is opened from the menu of the roll-up and claimed there', async () => {
  const rollup = await message(slack, HOT_LEADS, 'VelocityPay', 'HomeFront');
  const alert = await alertOf(db, 'velocitypay.io');
  await slack.press(BEN, onMessage(rollup), { actionId: ids.open, option: alert });
  const details = await modal(slack, BEN, 'VelocityPay', '[Claim lead]');
  await slack.press(BEN, onView(details.id), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'claimed by @U0ALICE', 'claimed by @U0BEN');
});
