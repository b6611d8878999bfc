import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  ROTATION,
  SALES_TEAM,
  TEAM_SETTINGS,
  TEAM_SQL,
} from '../../src/sandbox/demo/sales-team.ts';
import { runSql } from '../../src/sandbox/supabase/postgres.ts';
import { chromiumIsHere, launchChromium } from '../sandbox/page/chromium.ts';
import { eventually, test } from '../sandbox/page/stage.ts';
import { chooseIn, messageIn, pressIn, visit } from '../support/tab.ts';
import { startWorld } from '../support/world.ts';

const { db, slack, startAnother } = await startWorld({
  page: true,
  replicas: 0,
  slack: { people: SALES_TEAM, userGroups: [ROTATION] },
});

let browser: Browser | undefined;
let alice: Tab;
let ben: Tab;

beforeAll(async () => {
  if (!chromiumIsHere) return;
  await runSql(db.databaseUrl, TEAM_SQL);
  // Longer than the tests run.
  await startAnother({ ...TEAM_SETTINGS, FIRST_CALL: '1h' });
  browser = await launchChromium();
  const open = visit.bind(null, browser, slack.pageUrl);
  [alice, ben] = await Promise.all([open('Alice Moreno'), open('Ben Osei')]);
}, 60_000);
afterAll(() => browser?.close());

const goTo = (tab: Tab, channel: string): Promise<void> =>
  tab.getByRole('navigation').getByRole('button', { name: channel }).click();

test('says who has first call, and tells who claims too early until when', async () => {
  await messageIn(alice, /👉 VelocityPay/)
    .getByText('@Alice Moreno has first call')
    .waitFor();
  const card = messageIn(alice, /👉 HomeFront/);
  await card.getByText('Account owner: @Ben Osei').waitFor();
  await card.getByText('@Ben Osei has first call').waitFor();
  await pressIn(card, 'Claim lead');
  await messageIn(
    alice,
    /Only visible to you[\s\S]*@Ben Osei has first call.*After that/,
  ).waitFor();
});

test('passes first call on to the next AE from a direct message', async () => {
  await goTo(alice, 'lead-alerts');
  await pressIn(messageIn(alice, /You have first call on VelocityPay/), 'Pass');
  await messageIn(alice, /You passed on VelocityPay/).waitFor();
  await messageIn(ben, /👉 VelocityPay/)
    .getByText('@Ben Osei has first call')
    .waitFor();
});

test('hands a lead over to a person of the list, who gives it back', async () => {
  await pressIn(messageIn(ben, /👉 HomeFront/), 'Claim lead');
  await chooseIn(ben, messageIn(ben, /✋ HomeFront/), 'Hand over');
  const form = ben.getByRole('dialog', { name: 'Hand over' });
  const person = form.getByRole('combobox', { name: 'Who takes it?' });
  await eventually(() => person.evaluate((one) => one === document.activeElement)).toBe(true);
  await person.selectOption('Alice Moreno');
  await form.getByRole('textbox', { name: 'Note' }).fill('You know Priya');
  await pressIn(form, 'Hand over');
  await form.waitFor({ state: 'detached' });
  await pressIn(messageIn(alice, /@Ben Osei handed HomeFront.*“You know Priya”/), 'Give back');
  await messageIn(alice, /You gave HomeFront Technologies back\. @Ben Osei has it now/).waitFor();
  await messageIn(ben, /✋ HomeFront[\s\S]*Claimed by @Ben Osei/).waitFor();
});

test('snoozes until a date, and takes it back', async () => {
  await chooseIn(ben, messageIn(ben, /✋ HomeFront/), 'Snooze');
  const form = ben.getByRole('dialog', { name: 'Snooze' });
  await form.getByRole('radio', { name: /Until a date/ }).check();
  const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  await form.getByLabel(/^Date/).fill(inAMonth);
  await pressIn(form, 'Snooze');
  await form.waitFor({ state: 'detached' });
  await messageIn(ben, /💤 HomeFront/).waitFor();
  await pressIn(messageIn(ben, /Only visible to you[\s\S]*You snoozed HomeFront/), 'Undo');
  await messageIn(ben, /Undone\. HomeFront Technologies is as it was before/).waitFor();
  await messageIn(ben, /✋ HomeFront[\s\S]*Claimed by @Ben Osei/).waitFor();
});

test('gives the lead of an AE who is away to their cover', async () => {
  await pressIn(ben.getByRole('region', { name: 'Change the data' }), 'MediSync turns hot');
  await messageIn(ben, /👉 MediSync/)
    .getByText('@Ben Osei has first call')
    .waitFor();
  await goTo(ben, 'lead-alerts');
  expect(
    await messageIn(ben, /You have first call on MediSync/)
      .getByText('Pass')
      .count(),
  ).toBe(1);
});
