import type { AnyBlock } from '@slack/types';
import type { Page as Tab } from 'playwright-core';
import { expect } from 'vitest';
import { findPoorContrast } from './contrast.ts';
import { homeBlocks } from './home-states.ts';
import { eventually, setStage, test } from './stage.ts';
import { JONAS, MAYA, stateFor } from './states.ts';

const { open, slack, lastRequest } = setStage();

const stateWith = (blocks: readonly AnyBlock[] | null) => (as: string) => ({
  ...stateFor(as),
  home: { blocks },
});
const openHome = (blocks: readonly AnyBlock[] | null, dark = false, width = 1280): Promise<Tab> =>
  open({ path: '#Lead%20Alerts/home', state: stateWith(blocks), dark, width });

test('opening the app shows its unread messages first, and then the tab that was open last', async () => {
  const tab = await open({ state: stateWith(homeBlocks) });
  const app = tab.getByRole('button', { name: 'Lead Alerts' });
  const isOpen = (name: string) =>
    tab.getByRole('tab', { name, selected: true }).waitFor({ state: 'visible' });
  await app.click();
  await isOpen('Messages');
  await tab.getByRole('tab', { name: 'Home' }).click();
  await tab.getByRole('button', { name: 'hot-leads' }).click();
  await app.click();
  await isOpen('Home');
  await tab.reload();
  await isOpen('Home');
});

test('tells the app that its Home is open, each time and as whom', async () => {
  const tab = await openHome(homeBlocks);
  await eventually(lastRequest).toEqual({ verb: 'openHome', body: { as: MAYA.id } });
  await tab.getByRole('combobox', { name: 'You are' }).selectOption(JONAS.realName);
  await eventually(lastRequest).toEqual({ verb: 'openHome', body: { as: JONAS.id } });
});

test('a press on Home names Home, not a message', async () => {
  const tab = await openHome(homeBlocks);
  await tab.getByRole('button', { name: 'Claim' }).click();
  await eventually(lastRequest).toEqual({
    verb: 'press',
    body: { as: MAYA.id, target: { in: 'home' }, blockId: 'free-1', actionId: 'alert.claim' },
  });
});

test('shows that Home is being opened until the app has published it', async () => {
  const tab = await openHome(null);
  await tab.getByRole('status').getByText('Opening Home…').waitFor();
  slack().show((state) => ({ ...state, home: { blocks: homeBlocks } }));
  await tab.getByRole('heading', { name: 'Unclaimed' }).waitFor();
});

test('says why Home stays empty', async () => {
  const tab = await open({ state: stateWith(null) });
  slack().answers.set('openHome', { ok: false, error: 'Lead Alerts did not respond.' });
  await tab.getByRole('button', { name: 'Lead Alerts' }).click();
  await tab.getByRole('tab', { name: 'Home' }).click();
  await tab.getByText('Lead Alerts did not respond.').waitFor();
});

test('an app without Home has messages only', async () => {
  const tab = await open({ state: (as) => ({ ...stateFor(as), home: null }) });
  await tab.getByRole('button', { name: 'Lead Alerts' }).click();
  await tab.getByRole('article', { name: /Your claim on HomeFront/ }).waitFor();
  expect(await tab.getByRole('tab').count()).toBe(0);
});

test('keeps the focus on Home when a press removes the pressed button', async () => {
  const tab = await openHome(homeBlocks);
  await tab.getByRole('button', { name: 'Claim' }).press('Enter');
  slack().show((state) => ({ ...state, home: { blocks: homeBlocks.slice(0, 3) } }));
  await tab.getByRole('heading', { name: 'Unclaimed' }).waitFor({ state: 'detached' });
  await eventually(() =>
    tab.getByRole('tabpanel').evaluate((panel) => panel === document.activeElement),
  ).toBe(true);
});

test('the arrow keys change the tab', async () => {
  const tab = await openHome(homeBlocks);
  await tab.getByRole('tab', { name: 'Home' }).press('ArrowRight');
  await tab.getByRole('article', { name: /Your claim on HomeFront/ }).waitFor();
  expect(
    await tab
      .getByRole('tab', { name: 'Messages' })
      .evaluate((one) => one === document.activeElement),
  ).toBe(true);
});

test('a global shortcut is in the menu beside the text', async () => {
  const tab = await open();
  await tab.getByRole('button', { name: 'Shortcuts', exact: true }).click();
  await tab.getByRole('menuitem', { name: /Look up a company/ }).press('Enter');
  await eventually(lastRequest).toEqual({
    verb: 'shortcut',
    body: { as: MAYA.id, callbackId: 'company.look-up' },
  });
});

test("a message shortcut is in the message's menu, but not of a private answer", async () => {
  const tab = await open();
  const message = tab.getByRole('article', { name: /Is anybody on VelocityPay/ });
  await message.hover();
  await message.getByRole('button', { name: 'More message shortcuts' }).click();
  await tab.getByRole('menuitem', { name: /Companies in message/ }).click();
  await eventually(lastRequest).toMatchObject({
    verb: 'shortcut',
    body: {
      callbackId: 'message.companies',
      on: { channel: 'C0HOT', ts: await message.getAttribute('data-ts') },
    },
  });
  const answer = tab.getByRole('article', { name: /claimed by Jonas/ });
  expect(await answer.getByRole('button', { name: 'More message shortcuts' }).count()).toBe(0);
});

test('completes a mention of the app', async () => {
  const tab = await open({
    state: (as) => ({ ...stateFor(as), bot: { ...stateFor(as).bot, name: 'lead-alerts' } }),
  });
  const composer = tab.getByRole('textbox', { name: 'Message #hot-leads' });
  await composer.pressSequentially('Hey @lea');
  await tab.getByRole('option', { name: /@lead-alerts/ }).waitFor();
  await composer.press('Enter');
  await composer.pressSequentially('acme.com');
  await composer.press('Enter');
  await eventually(lastRequest).toMatchObject({ body: { text: 'Hey @lead-alerts acme.com' } });
});

test.for([
  { dark: false, width: 1440 },
  { dark: true, width: 700 },
  { dark: true, width: 390 },
])('Home is readable, and nothing is cut off (dark: $dark, $width px)', async ({ dark, width }) => {
  const tab = await openHome(homeBlocks, dark, width);
  await tab.getByRole('heading', { name: 'Unclaimed' }).waitFor();
  expect(await findPoorContrast(tab)).toEqual([]);
  const wide = await tab.evaluate(() =>
    [...document.querySelectorAll('body, main, .channel-head, .home')]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => box.className),
  );
  expect(wide).toEqual([]);
});
