import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { EXTERNAL_PERSON, PEOPLE } from '../../src/sandbox/slack/defaults.ts';
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

const { slack, db } = await startWorld({ slack: { people: [...PEOPLE, EXTERNAL_PERSON] } });
const DANA = EXTERNAL_PERSON.id;

const velocityPay = (...texts: string[]) => message(slack, HOT_LEADS, 'VelocityPay', ...texts);
const homeFront = (...texts: string[]) => message(slack, HOT_LEADS, 'HomeFront', ...texts);

test('posts both hot sample leads with their suggested action', async () => {
  expect(readable(await velocityPay())).toContain('offer to connect with VP Eng Sarah Kim');
  expect(readable(await homeFront())).toContain('Firebase');
  expect(slack.messages(HOT_LEADS)).toHaveLength(2);
});

test('shows the owner on the card after Claim lead', async () => {
  const card = await velocityPay('[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  expect(readable(await velocityPay('Claimed by @U0ALICE'))).not.toContain('[Claim lead]');
});

test('tells the second claimer privately who was faster', async () => {
  const card = await velocityPay('Claimed');
  const claimed = await alertOf(db, 'velocitypay.io');
  await slack.pressWith(BEN, onMessage(card), {
    type: 'button',
    action_id: ids.claim,
    block_id: 'old',
    value: claimed,
  });
  await answer(slack, BEN, 'claimed by @U0ALICE');
  expect(slack.privateAnswers(ALICE)).toMatchObject([{ text: 'You claimed VelocityPay.' }]);
});

test('lets only the owner mark a lead as contacted', async () => {
  const card = await velocityPay('Claimed');
  await slack.press(BEN, onMessage(card), { actionId: ids.contact });
  const refused = await modal(slack, BEN, 'Ask them to hand it over');
  await slack.closeView(BEN, refused.id);
});

test('folds the card of a contacted lead to who, how and the note', async () => {
  const card = await velocityPay('Claimed');
  await slack.press(ALICE, onMessage(card), { actionId: ids.contact });
  const form = await modal(slack, ALICE, 'How did you reach out');
  await slack.submit(ALICE, form.id, {
    [ids.contactMethod]: 'call',
    [ids.contactNote]: 'Wants a demo on Thursday',
  });
  const folded = await velocityPay('Contacted', 'Wants a demo on Thursday');
  expect(folded.blocks.length).toBeLessThanOrEqual(3);
  expect(slack.views(ALICE)).toEqual([]);
});

test('answers an old button of a contacted lead privately', async () => {
  const card = await velocityPay('Contacted');
  const alert = await alertOf(db, 'velocitypay.io');
  await slack.pressWith(BEN, onMessage(card), {
    type: 'button',
    action_id: ids.claim,
    block_id: 'old',
    value: alert,
  });
  await answer(slack, BEN, 'contacted');
});

test('shows weights, signals, people and history in Details', async () => {
  const card = await velocityPay('Contacted');
  await slack.press(BEN, onMessage(card), { actionId: ids.details });
  const details = await modal(slack, BEN, 'Usage 95 × 30%', 'Auth0 contract renewal', 'David Park');
  expect(readable({ text: '', blocks: details.view.blocks })).toContain('History');
  await slack.closeView(BEN, details.id);
});

test('lets another AE claim a released lead', async () => {
  await slack.press(ALICE, onMessage(await homeFront('[Claim lead]')), { actionId: ids.claim });
  const card = await homeFront('Claimed by @U0ALICE');
  const alert = await alertOf(db, 'homefront.tech');
  await slack.press(ALICE, onMessage(card), {
    actionId: ids.more,
    option: `${ids.release}:${alert}`,
  });
  const free = await homeFront('[Claim lead]');
  await slack.press(BEN, onMessage(free), { actionId: ids.claim });
  await homeFront('Claimed by @U0BEN');
});

test('lets the owner release and reclaim a lead in its details', async () => {
  await slack.press(BEN, onMessage(await homeFront('Claimed by @U0BEN')), {
    actionId: ids.details,
  });
  const owned = await modal(slack, BEN, '[Release]');
  await slack.press(BEN, onView(owned.id), { actionId: ids.release });
  const free = await modal(slack, BEN, '[Claim lead]');
  await slack.press(BEN, onView(free.id), { actionId: ids.claim });
  await modal(slack, BEN, '[Mark contacted]');
  await slack.closeView(BEN, owned.id);
});

test('refuses a user of another organization, and changes nothing', async () => {
  const card = await homeFront('Claimed by @U0BEN');
  const before = await db.sql('select * from lead_bot.alert_events');
  await slack.press(DANA, onMessage(card), { actionId: ids.details });
  await answer(slack, DANA, 'workspace');
  await slack.say(DANA, HOT_LEADS, '/lead velocitypay.io');
  await slack.until(() => slack.privateAnswers(DANA).length === 2, { what: 'a second answer' });
  expect(JSON.stringify(slack.privateAnswers(DANA))).not.toContain('velocitypay.io');
  expect(slack.views(DANA)).toEqual([]);
  expect(await db.sql('select * from lead_bot.alert_events')).toEqual(before);
});

test('answers a forged button value politely and keeps running', async () => {
  const card = await homeFront('Claimed');
  const before = slack.privateAnswers(BEN).length;
  for (const value of ['', 'x', "'; drop table lead_bot.alerts; --", '9'.repeat(2000)]) {
    await slack.pressWith(BEN, onMessage(card), {
      type: 'button',
      action_id: ids.claim,
      block_id: 'forged',
      value,
    });
  }
  await slack.until(() => slack.privateAnswers(BEN).length === before + 4, {
    what: 'four more answers',
  });
  expect(await db.sql('select 1 from lead_bot.alerts')).toHaveLength(2);
});

test('updates the details a lead was marked as contacted from, and keeps the lines of the note', async () => {
  await slack.press(BEN, onMessage(await homeFront('Claimed by @U0BEN')), {
    actionId: ids.details,
  });
  const details = await modal(slack, BEN, '[Mark contacted]');
  await slack.press(BEN, onView(details.id), { actionId: ids.contact });
  const form = await modal(slack, BEN, 'How did you reach out');
  await slack.submit(BEN, form.id, {
    [ids.contactMethod]: 'call',
    // PostgreSQL's text can't hold NUL or an unpaired surrogate.
    [ids.contactNote]: 'They call\0 back \ud83dsoon 👍\n- wants the cost case',
  });
  const after = await modal(slack, BEN, 'Contacted by phone', 'owner @U0BEN');
  expect(after.id).toBe(details.id);
  const shown = readable({ text: '', blocks: after.view.blocks });
  expect(shown).not.toContain('[Mark contacted]');
  expect(shown).toMatch(/They call back soon 👍\n +- wants the cost case/);
  await homeFront('Contacted', 'They call back soon 👍');
  await slack.closeView(BEN, details.id);
});

test('lets only its former owner mark a cooled lead as contacted', async () => {
  const card = await homeFront('Contacted');
  const [cooled] = await db.sql<{ id: string }>(
    `update lead_bot.alerts set status = 'cooled', closed_at = now(),
            contacted_at = null, contact_method = null, contact_note = null
      where account_key = 'homefront.tech' returning id`,
  );
  const old = { type: 'button', action_id: ids.contact, block_id: 'old', value: cooled?.id ?? '' };
  await slack.pressWith(ALICE, onMessage(card), old);
  await modal(slack, ALICE, 'This alert for', 'ended');
  await slack.pressWith(BEN, onMessage(card), old);
  await modal(slack, BEN, 'How did you reach out');
});

test('merges two cards of one company, and tells the AE who claimed second', async () => {
  const ada = await addLead(db, { domain: null, email: 'ada@umbra-mail.example', name: 'Ada' });
  const first = await message(slack, HOT_LEADS, 'umbra-mail.example', '[Claim lead]');
  await addLead(db, { domain: 'umbra.example', company: 'Umbra', name: 'Ben' });
  const second = await message(slack, HOT_LEADS, 'Umbra', '[Claim lead]');
  await slack.press(BEN, onMessage(second), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'Umbra', 'Claimed by @U0BEN');
  await slack.press(ALICE, onMessage(first), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'umbra-mail.example', 'Claimed by @U0ALICE');

  await db.sql(
    `update public.developer_signups set company_domain = 'WWW.Umbra.example' where id = $1`,
    [ada],
  );
  await db.sql(`update lead_bot.sweep_state set due_at = '-infinity'`);
  const moved = await message(slack, HOT_LEADS, '➡️ Umbra', 'another card for this company');
  expect(moved.ts).toBe(first.ts);
  expect(readable(moved)).not.toContain('[');
  expect(JSON.stringify(moved.blocks)).toContain(
    `/archives/${HOT_LEADS}/p${second.ts.replace('.', '')}|`,
  );
  const notified = await slack.until(
    () => slack.messages(HOT_LEADS).find((one) => one.thread_ts === first.ts),
    { what: 'a reply below the card that has moved' },
  );
  expect(notified.text).toContain(
    '<@U0ALICE>: there were two cards for *Umbra*. <@U0BEN> claimed it first',
  );
  const kept = await message(slack, HOT_LEADS, 'Claimed by @U0BEN', 'Umbra');
  expect(kept.ts).toBe(second.ts);
  await slack.say(ALICE, HOT_LEADS, '/lead umbra-mail.example');
  await answer(slack, ALICE, 'No company matches');
  await slack.say(ALICE, HOT_LEADS, '/lead www.umbra.example');
  await answer(slack, ALICE, 'Umbra', 'Claimed by @U0BEN', 'umbra.example');
});
