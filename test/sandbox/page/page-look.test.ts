import type { Locator, Page as Tab } from 'playwright-core';
import { expect } from 'vitest';
import { findPoorContrast } from './contrast.ts';
import { eventually, setStage, test } from './stage.ts';
import { card, DANA, message, stateFor, tsAt } from './states.ts';

const composer = (tab: Tab) => tab.getByRole('textbox', { name: 'Message #hot-leads' });

const { open, slack, showViews } = setStage();

test('scrolls to a new message from the bottom of the list, and shows a button further up', async () => {
  const many = Array.from({ length: 8 }, (_, index) =>
    message(tsAt(index), { text: `Card ${index}`, blocks: card }),
  );
  const tab = await open({ state: (as) => ({ ...stateFor(as), messages: { C0HOT: many } }) });
  const scroller = tab.locator('main .scroller');
  const gap = () =>
    scroller.evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight));
  const arrive = (text: string, minute: number) => {
    many.push(message(tsAt(minute), { text }));
    slack().show((state) => ({ ...state, messages: { C0HOT: [...many] } }));
    return tab.getByRole('article', { name: `Lead Alerts: ${text}` }).waitFor();
  };
  await eventually(gap).toBe(0);
  await arrive('first arrival', 20);
  await eventually(gap).toBe(0);
  await scroller.evaluate((box) => {
    box.scrollTop = 0;
  });
  await arrive('second arrival', 21);
  expect(await scroller.evaluate((box) => box.scrollTop)).toBe(0);
  await tab.getByRole('button', { name: '1 new message' }).click();
  await eventually(gap).toBe(0);
});

test("keeps a card's menu at its button when a message scrolls the list", async () => {
  const many = Array.from({ length: 4 }, (_, index) => message(tsAt(index), { blocks: card }));
  const tab = await open({ state: (as) => ({ ...stateFor(as), messages: { C0HOT: [...many] } }) });
  const button = tab.getByRole('button', { name: 'More actions' }).last();
  await button.click();
  const menu = tab.getByRole('menu');
  const topOf = async (one: Locator) => (await one.boundingBox())?.y ?? 0;
  const [before, distance] = [await topOf(button), (await topOf(menu)) - (await topOf(button))];
  many.push(message(tsAt(20), { text: 'an arrival' }));
  slack().show((state) => ({ ...state, messages: { C0HOT: [...many] } }));
  await tab.getByRole('article', { name: 'Lead Alerts: an arrival' }).waitFor();
  await eventually(() => topOf(button)).toBeLessThan(before);
  await eventually(async () => (await topOf(menu)) - (await topOf(button))).toBe(distance);
  await tab.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
});

test('scrolls to the end of the channel after sending', async () => {
  const many = Array.from({ length: 6 }, (_, index) => message(tsAt(index), { blocks: card }));
  const tab = await open({ state: (as) => ({ ...stateFor(as), messages: { C0HOT: many } }) });
  const scroller = tab.locator('main .scroller');
  await scroller.evaluate((box) => {
    box.scrollTop = 0;
  });
  await composer(tab).fill('/lead hot');
  await composer(tab).press('Enter');
  await eventually(() =>
    scroller.evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight)),
  ).toBe(0);
});

test('scrolls up to a private answer, and shows a long one from its top', async () => {
  const many = Array.from({ length: 6 }, (_, index) => message(tsAt(index), { blocks: card }));
  const tab = await open({ state: (as) => ({ ...stateFor(as), messages: { C0HOT: many } }) });
  const scroller = tab.locator('main .scroller');
  const readAbove = () =>
    scroller.evaluate((box) => {
      box.scrollTop = 0;
    });
  const answer = (minute: number, text: string) => {
    many.push(message(tsAt(minute), { text, ephemeral: true }));
    slack().show((state) => ({ ...state, messages: { C0HOT: [...many] } }));
    return tab.getByRole('article', { name: `Lead Alerts: ${text}` });
  };
  const place = (article: Locator) =>
    article.evaluate((one) => {
      const window = one.closest('.scroller')?.getBoundingClientRect();
      const { top, bottom } = one.getBoundingClientRect();
      return { top: Math.round(top - (window?.top ?? 0)), ends: bottom <= (window?.bottom ?? 0) };
    });

  await readAbove();
  const short = answer(20, 'claimed by Jonas 4 s ago');
  await eventually(async () => (await place(short)).ends).toBe(true);
  await readAbove();
  const long = answer(21, Array.from({ length: 60 }, (_, line) => `Line ${line}`).join('\n'));
  await eventually(() => place(long)).toEqual({ top: 0, ends: false });
});

test('warns when the server is unreachable, and reconnects', async () => {
  const tab = await open();
  const comeBack = slack().goAway();
  await tab.getByText("Can't reach the local Slack.").waitFor();
  comeBack();
  await tab.getByText("Can't reach the local Slack.").waitFor({ state: 'detached' });
});

test('warns when the bot is not connected', async () => {
  const tab = await open();
  slack().show((state) => ({ ...state, bot: { ...state.bot, connected: false } }));
  await tab.getByText('Lead Alerts is not connected').waitFor();
});

test('follows the system theme until the user chooses, and keeps the choice over a reload', async () => {
  const tab = await open({ dark: true });
  const theme = () => tab.locator('html').getAttribute('data-theme');
  expect(await theme()).toBe('dark');
  await tab.getByRole('button', { name: 'Use the light theme' }).click();
  await eventually(theme).toBe('light');
  await tab.reload();
  expect(await theme()).toBe('light');
});

test.for([
  { dark: false, modal: false },
  { dark: false, modal: true },
  { dark: true, modal: false },
  { dark: true, modal: true },
])('every text has AA contrast (dark: $dark, modal: $modal)', async ({ dark, modal }) => {
  const tab = await open({ dark, path: `?as=${DANA.id}` });
  await tab.getByRole('button', { name: '2 replies' }).click();
  await composer(tab).fill('/');
  if (modal) {
    showViews({});
    await tab.getByRole('button', { name: 'Save' }).click();
  }
  await tab.mouse.move(0, 0);
  expect(await findPoorContrast(tab)).toEqual([]);
  for (const name of modal ? ['Save', 'Cancel'] : ['Claim lead', 'Details']) {
    await tab.getByRole('button', { name }).first().hover();
    expect(await findPoorContrast(tab), `under the pointer: ${name}`).toEqual([]);
  }
});

test.for([1280, 900, 390])('cuts nothing off at a width of %i px', async (width) => {
  const tab = await open({ width });
  await tab.getByRole('button', { name: '2 replies' }).click();
  const wide = await tab.evaluate(() =>
    [...document.querySelectorAll('body, .sidebar, main, .right, .scroller, .panel-body')]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => box.className),
  );
  expect(wide).toEqual([]);
});

test('loads nothing from other sites, not even an image in a message', async () => {
  const tab = await open();
  const elsewhere: string[] = [];
  tab.on('requestfinished', (request) => {
    if (!request.url().startsWith(slack().url)) elsewhere.push(request.url());
  });
  const refused = tab.waitForEvent('console', (entry) =>
    entry.text().includes('Content Security Policy'),
  );
  slack().show((state) => ({
    ...state,
    messages: {
      C0HOT: [
        message(tsAt(0), {
          text: 'A chart',
          blocks: [
            { type: 'image', image_url: 'https://images.example/chart.png', alt_text: 'A chart' },
          ],
        }),
      ],
    },
  }));
  await refused;
  expect(elsewhere).toEqual([]);
});

test('on a phone, gives messages the full width and opens the channel list over them', async () => {
  const tab = await open({ width: 390 });
  const widthOf = async (one: Locator) => (await one.boundingBox())?.width ?? 0;
  const list = tab.getByRole('navigation', { name: 'Channels' });
  const button = tab.getByRole('button', { name: 'Channels' });
  const article = tab.getByRole('main').getByRole('article').first();
  expect(await widthOf(article)).toBe(390);
  expect(await list.isVisible()).toBe(false);

  await button.click();
  await list.getByRole('button', { name: 'lead-digest' }).click();
  await tab.getByRole('heading', { name: 'lead-digest' }).waitFor();
  expect(await list.isVisible()).toBe(false);

  await button.click();
  await list.waitFor();
  await tab.keyboard.press('Escape');
  await list.waitFor({ state: 'hidden' });
  expect(await button.evaluate((one) => one === document.activeElement)).toBe(true);
  const room = await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(room).toEqual([390, 390]);
});

test('on a phone, a thread replaces the channel and the panel starts collapsed', async () => {
  const parent = message(tsAt(0), { blocks: card, replies: [message(tsAt(1), { text: 'Mine.' })] });
  const tab = await open({
    width: 390,
    state: (as) => ({ ...stateFor(as), messages: { C0HOT: [parent] } }),
  });
  const panel = tab.getByRole('region', { name: 'Change the data' });
  await panel.getByRole('button', { name: 'Expand panel' }).click();
  const guide = tab.getByRole('region', { name: 'What to try' });
  expect((await guide.boundingBox())?.width).toBe(390);
  await panel.getByRole('button', { name: 'Collapse panel' }).click();
  await tab.getByRole('button', { name: /1 reply/ }).click();
  const thread = tab.getByRole('region', { name: 'Thread' });
  expect((await thread.boundingBox())?.width).toBe(390);
  await thread.getByRole('button', { name: 'Close thread' }).click();
  await thread.waitFor({ state: 'detached' });
  await tab.getByRole('main').getByRole('article').first().waitFor();
});
