import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { addLead, alertOf } from '../support/leads.ts';
import {
  ALICE,
  answer,
  BEN,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  onView,
  readable,
  startWorld,
} from '../support/world.ts';

const { slack, db } = await startWorld({
  env: { FIRST_RUN: 'rollup', MAX_CARDS_PER_POLL: '1' },
});

test('puts leads that are hot at the first run into one roll-up', async () => {
  await message(slack, HOT_LEADS, 'VelocityPay', 'HomeFront');
  expect(slack.messages(HOT_LEADS)).toHaveLength(1);
});

test('claims a lead from its row of the roll-up', async () => {
  const rollup = await message(slack, HOT_LEADS, 'VelocityPay', 'HomeFront');
  const alert = await alertOf(db, 'homefront.tech');
  await slack.press(ALICE, onMessage(rollup), { actionId: ids.claim, value: alert });
  await message(slack, HOT_LEADS, 'VelocityPay', 'HomeFront', 'claimed by @U0ALICE');
});

test("opens a lead from the roll-up's menu and claims it there", async () => {
  const rollup = await message(slack, HOT_LEADS, 'VelocityPay', 'HomeFront');
  const alert = await alertOf(db, 'velocitypay.io');
  await slack.press(BEN, onMessage(rollup), { actionId: ids.open, option: alert });
  const details = await modal(slack, BEN, 'VelocityPay', '[Claim lead]');
  await slack.press(BEN, onView(details.id), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'claimed by @U0ALICE', 'claimed by @U0BEN');
});

/** The company names in a list. */
const listed = (m: { text: string; blocks: readonly unknown[] }): readonly string[] =>
  readable(m).match(/Storm \d+/g) ?? [];

test('pages through all of a roll-up privately, in place, with buttons', async () => {
  for (let at = 10; at < 43; at++) {
    await addLead(db, { domain: `storm${at}.example`, company: `Storm ${at}`, score: 89 });
  }
  const rollup = await slack.until(
    () => slack.messages(HOT_LEADS).find((m) => /\d\d more companies/.test(readable(m))),
    { what: 'a roll-up of the storm' },
  );
  await slack.press(BEN, onMessage(rollup), { actionId: ids.nextPage });
  const first = await answer(slack, BEN, 'All ', '1 to 15');
  const names = listed(first);
  expect(names).toHaveLength(15);
  const here = { in: 'message', channel: HOT_LEADS, ts: first.ts } as const;
  await slack.press(BEN, here, { actionId: ids.nextPage });
  const second = await answer(slack, BEN, '16 to 30');
  expect(second.ts).toBe(first.ts);
  expect(listed(second).filter((name) => names.includes(name))).toEqual([]);

  const [claimed = ''] = listed(second);
  const alert = await alertOf(db, `${claimed.toLowerCase().replace(' ', '')}.example`);
  await slack.press(BEN, here, { actionId: ids.claim, value: alert });
  const after = await answer(slack, BEN, '16 to 30', 'claimed by @U0BEN');
  expect(after.ts).toBe(first.ts);

  await slack.press(BEN, here, { actionId: ids.previousPage });
  expect(listed(await answer(slack, BEN, '1 to 15'))).toEqual(names);
});

test('pages through /lead hot', async () => {
  await slack.say(ALICE, HOT_LEADS, '/lead hot');
  const first = await answer(slack, ALICE, 'hot leads', '1 to 15');
  await slack.press(
    ALICE,
    { in: 'message', channel: HOT_LEADS, ts: first.ts },
    { actionId: ids.nextPage },
  );
  const second = await answer(slack, ALICE, 'hot leads', '16 to 30');
  expect(second.ts).toBe(first.ts);
  expect(listed(second).filter((name) => listed(first).includes(name))).toEqual([]);
});
