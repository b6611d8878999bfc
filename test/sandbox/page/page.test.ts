import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test as vitestTest } from 'vitest';
import { buildPage, type Page } from '../../../src/sandbox/page/build-page.ts';
import type { PageState, PageView } from '../../../src/sandbox/slack/protocol.ts';
import { chromiumIsHere, launchChromium } from './chromium.ts';
import { findPoorContrast } from './contrast.ts';
import { type FakeSlack, startFakeSlack } from './fake-slack.ts';
import { card, contactModal, DANA, JONAS, MAYA, message, stateFor, tsAt } from './states.ts';

const test = vitestTest.runIf(chromiumIsHere);

let browser: Browser | undefined;
let built: Page;
let slack: FakeSlack;
const tabs: Tab[] = [];

beforeAll(async () => {
  if (!chromiumIsHere) return;
  [browser, built] = await Promise.all([launchChromium(), buildPage()]);
});
afterEach(async () => {
  for (const tab of tabs.splice(0)) await tab.context().close();
  await slack?.stop();
});
afterAll(async () => {
  await browser?.close();
});

interface Opening {
  path?: string;
  dark?: boolean;
  width?: number;
  state?: (as: string) => PageState;
}

async function open({ path = '', dark = false, width = 1280, state = stateFor }: Opening = {}) {
  if (!browser) throw new Error('There is no browser.');
  slack = await startFakeSlack(built, state);
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: dark ? 'dark' : 'light',
  });
  const tab = await context.newPage();
  tabs.push(tab);
  tab.setDefaultTimeout(5000);
  await tab.goto(slack.url + path);
  await tab.getByRole('navigation', { name: 'Channels' }).waitFor();
  return tab;
}

const showViews = (...views: Partial<PageView>[]) =>
  slack.show((state) => ({
    ...state,
    views: views.map((one, index) => ({
      id: `V${index}`,
      view: contactModal,
      errors: {},
      busy: false,
      ...one,
    })),
  }));
const lastAsked = () => slack.asked.at(-1);
const composer = (tab: Tab) => tab.getByRole('textbox', { name: 'Message #hot-leads' });

test('a message is an article named by its author and its text without marks', async () => {
  const tab = await open();
  const folded = tab.getByRole('article', {
    name: 'Lead Alerts: HomeFront is hot, claimed by @Jonas Weber',
  });
  await folded.waitFor();
  expect(await folded.getAttribute('data-ts')).toBe(tsAt(0));
  expect(await folded.getByText('(edited)').count()).toBe(1);
  expect(await folded.getByText('@Jonas Weber').count()).toBe(1);
});

test('lead text that names a group ping is shown as text', async () => {
  const tab = await open();
  const shown = tab.getByRole('article', { name: /VelocityPay is hot, score 88/ });
  expect(await shown.innerText()).toContain('<!here> in lead text stays text');
  expect(await shown.locator('.mention').count()).toBe(0);
});

test('a private answer says that only you see it, and can be put away', async () => {
  const tab = await open();
  const answer = tab.getByRole('article', { name: /claimed by Jonas/ });
  await answer.getByText('Only visible to you').waitFor();
  await answer.getByRole('button', { name: 'Dismiss message' }).click();
  await answer.waitFor({ state: 'detached' });
});

test('a button reports its press once, and is busy until it is answered', async () => {
  const tab = await open();
  const answered = Promise.withResolvers<unknown>();
  slack.answers.set('press', answered.promise);
  const claim = tab.getByRole('button', { name: 'Claim lead' });
  await claim.click();
  await claim.click();
  expect(await claim.getAttribute('aria-busy')).toBe('true');
  answered.resolve({ ok: true });
  await expect.poll(() => claim.getAttribute('aria-busy')).toBe('false');
  expect(slack.asked).toEqual([
    {
      verb: 'press',
      body: {
        as: MAYA.id,
        target: { in: 'message', channel: 'C0HOT', ts: tsAt(20) },
        blockId: 'buttons',
        actionId: 'alert.claim',
      },
    },
  ]);
});

test('a refused press says why beside the button', async () => {
  const tab = await open();
  slack.answers.set('press', { ok: false, error: 'This app did not respond.' });
  await tab.getByRole('button', { name: 'Claim lead' }).click();
  await tab.getByRole('alert').getByText('This app did not respond.').waitFor();
});

test('the menu of a card reports the chosen option', async () => {
  const tab = await open();
  await tab.getByRole('button', { name: 'More actions' }).click();
  await tab.keyboard.press('ArrowDown');
  await tab.getByRole('menuitem', { name: 'Release' }).press('Enter');
  await expect
    .poll(lastAsked)
    .toMatchObject({ body: { actionId: 'alert.more', option: 'alert.release:a1' } });
});

test('a select in a message reports the chosen option', async () => {
  const tab = await open({
    state: (as) => ({
      ...stateFor(as),
      messages: {
        C0HOT: [
          message(tsAt(0), {
            blocks: [
              {
                type: 'actions',
                block_id: 'rows',
                elements: [
                  {
                    type: 'static_select',
                    action_id: 'rollup.open',
                    placeholder: { type: 'plain_text', text: 'Open a lead' },
                    options: [{ text: { type: 'plain_text', text: 'Acme' }, value: 'a7' }],
                  },
                ],
              },
            ],
          }),
        ],
      },
    }),
  });
  await tab.getByRole('combobox', { name: 'Open a lead' }).selectOption('Acme');
  await expect
    .poll(lastAsked)
    .toMatchObject({ body: { blockId: 'rows', actionId: 'rollup.open', option: 'a7' } });
});

test('a button with a confirmation reports only after it was confirmed', async () => {
  const text = (value: string) => ({ type: 'plain_text' as const, text: value });
  const tab = await open({
    state: (as) => ({
      ...stateFor(as),
      messages: {
        C0HOT: [
          message(tsAt(0), {
            blocks: [
              {
                type: 'actions',
                block_id: 'b',
                elements: [
                  {
                    type: 'button',
                    action_id: 'alert.release',
                    text: text('Release'),
                    confirm: {
                      title: text('Give it back?'),
                      text: text('Others may take it.'),
                      confirm: text('Give back'),
                      deny: text('Keep'),
                    },
                  },
                ],
              },
            ],
          }),
        ],
      },
    }),
  });
  const release = tab.getByRole('button', { name: 'Release' });
  await release.click();
  const dialog = tab.getByRole('dialog', { name: 'Give it back?' });
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(slack.asked).toEqual([]);
  await release.click();
  await dialog.getByRole('button', { name: 'Give back' }).click();
  await expect.poll(lastAsked).toMatchObject({ body: { actionId: 'alert.release' } });
});

test('a submitted modal sends what was entered in the shapes of view.state.values', async () => {
  const tab = await open();
  showViews({});
  const dialog = tab.getByRole('dialog', { name: 'Mark contacted' });
  await dialog.getByRole('radio', { name: 'Call' }).check();
  await dialog.getByRole('combobox', { name: 'Next step' }).selectOption('Trial');
  await dialog.getByRole('checkbox', { name: 'Manager' }).check();
  const note = dialog.getByRole('textbox', { name: /^Note/ });
  expect(await note.inputValue()).toBe('Left a voice mail');
  await note.fill('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect.poll(lastAsked).toBeDefined();
  const option = (text: string, value: string, type = 'plain_text') => ({
    text: { type, text },
    value,
  });
  expect(lastAsked()).toEqual({
    verb: 'submit',
    body: {
      as: MAYA.id,
      viewId: 'V0',
      values: {
        'contact.method': {
          'contact.method': { type: 'radio_buttons', selected_option: option('Call', 'call') },
        },
        stage: { stage: { type: 'static_select', selected_option: option('Trial', 'trial') } },
        who: {
          who: { type: 'checkboxes', selected_options: [option('Manager', 'mgr', 'mrkdwn')] },
        },
        'contact.note': { 'contact.note': { type: 'plain_text_input', value: null } },
      },
    },
  });
});

test('a modal with an empty required input is not sent, and says which', async () => {
  const tab = await open();
  showViews({});
  await tab.getByRole('button', { name: 'Save' }).click();
  const choices = tab.getByRole('radiogroup', { name: 'How did you reach out?' });
  expect(await choices.getAttribute('aria-invalid')).toBe('true');
  expect(await tab.getByText('Please complete this required field.').count()).toBe(2);
  expect(slack.asked).toEqual([]);
});

test('errors of the bot stand beside their input and leave what was entered', async () => {
  const tab = await open();
  showViews({});
  const note = tab.getByRole('textbox', { name: /^Note/ });
  await note.fill('x');
  showViews({ errors: { 'contact.note': 'Say a little more.' } });
  await tab.getByRole('alert').getByText('Say a little more.').waitFor();
  expect(await note.inputValue()).toBe('x');
  expect(await note.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('Escape closes the topmost modal of the stack', async () => {
  const tab = await open();
  showViews({}, { view: { ...contactModal, title: { type: 'plain_text', text: 'History' } } });
  await tab.getByRole('dialog', { name: 'History' }).waitFor();
  await tab.keyboard.press('Escape');
  await expect.poll(lastAsked).toEqual({ verb: 'close', body: { as: MAYA.id, viewId: 'V1' } });
  showViews({});
  await tab.getByRole('dialog', { name: 'Mark contacted' }).waitFor();
});

test('a half-typed command is completed, sent with Enter, and recalled with the up arrow', async () => {
  const tab = await open();
  await composer(tab).pressSequentially('/l');
  await tab.getByRole('option', { name: /\/lead velocitypay\.io/ }).waitFor();
  await composer(tab).press('Enter');
  await composer(tab).pressSequentially('hot');
  await composer(tab).press('Enter');
  await expect
    .poll(lastAsked)
    .toEqual({ verb: 'say', body: { as: MAYA.id, channel: 'C0HOT', text: '/lead hot' } });
  await expect.poll(() => composer(tab).inputValue()).toBe('');
  await composer(tab).press('ArrowUp');
  expect(await composer(tab).inputValue()).toBe('/lead hot');
});

test('a command that fails keeps what was typed and shows the sentence above it', async () => {
  const tab = await open();
  slack.answers.set('say', { ok: false, error: '/lead failed with the error "dispatch_failed"' });
  await composer(tab).fill('/lead x');
  await composer(tab).press('Enter');
  await tab.getByRole('alert').getByText('dispatch_failed').waitFor();
  expect(await composer(tab).inputValue()).toBe('/lead x');
});

test('becoming someone else changes the address, and an outsider is marked', async () => {
  const tab = await open();
  await tab.getByRole('combobox', { name: 'You are' }).selectOption('Dana Cole (external)');
  await tab.getByText('From another organisation').waitFor();
  expect(new URL(tab.url()).searchParams.get('as')).toBe(DANA.id);
  await tab.getByRole('button', { name: 'Claim lead' }).click();
  await expect.poll(lastAsked).toMatchObject({ body: { as: DANA.id } });
});

test('an address with a person and a channel opens as that person there', async () => {
  const tab = await open({ path: `?as=${JONAS.id}#lead-digest` });
  await tab.getByRole('textbox', { name: 'Message #lead-digest' }).waitFor();
  expect(await tab.getByRole('combobox', { name: 'You are' }).inputValue()).toBe(JONAS.id);
});

test('a channel counts what is unread until it is opened', async () => {
  const tab = await open();
  const digest = tab.getByRole('button', { name: 'lead-digest' });
  expect(await digest.innerText()).toContain('1');
  await digest.click();
  await tab.getByRole('button', { name: 'general' }).click();
  await tab.getByText('Nothing has been said in #general yet.').waitFor();
  expect(await digest.innerText()).not.toContain('1');
});

test('replies open beside the channel, and a reply goes to their thread', async () => {
  const tab = await open();
  await tab.getByRole('button', { name: '2 replies' }).click();
  const thread = tab.getByRole('region', { name: 'Thread' });
  expect(await thread.getByRole('article').count()).toBe(3);
  await thread.getByRole('textbox', { name: 'Reply in thread' }).fill('Thanks');
  await tab.keyboard.press('Enter');
  await expect.poll(lastAsked).toMatchObject({ body: { text: 'Thanks', threadTs: tsAt(0) } });
});

test('a new message is scrolled to by a reader at the bottom, and not by one who reads above', async () => {
  const many = Array.from({ length: 8 }, (_, index) =>
    message(tsAt(index), { text: `Card ${index}`, blocks: card }),
  );
  const tab = await open({ state: (as) => ({ ...stateFor(as), messages: { C0HOT: many } }) });
  const scroller = tab.locator('main .scroller');
  const gap = () =>
    scroller.evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight));
  const arrive = (text: string, minute: number) => {
    many.push(message(tsAt(minute), { text }));
    slack.show((state) => ({ ...state, messages: { C0HOT: [...many] } }));
    return tab.getByRole('article', { name: `Lead Alerts: ${text}` }).waitFor();
  };
  await expect.poll(gap).toBe(0);
  await arrive('first arrival', 20);
  await expect.poll(gap).toBe(0);
  await scroller.evaluate((box) => {
    box.scrollTop = 0;
  });
  await arrive('second arrival', 21);
  expect(await scroller.evaluate((box) => box.scrollTop)).toBe(0);
});

test('the panel runs an action and says so', async () => {
  const tab = await open();
  const panel = tab.getByRole('region', { name: 'Change the data' });
  await panel.getByRole('button', { name: 'VelocityPay cools' }).click();
  await panel.getByRole('status').getByText('Done: VelocityPay cools').waitFor();
  expect(lastAsked()).toEqual({ verb: 'panel', body: { id: 'velocitypay-cools' } });
});

test('a server that goes away is announced, and found again when it is back', async () => {
  const tab = await open();
  const comeBack = slack.goAway();
  await tab.getByText('The local Slack is away.').waitFor();
  comeBack();
  await tab.getByText('The local Slack is away.').waitFor({ state: 'detached', timeout: 10_000 });
});

test('a bot that is not connected is announced', async () => {
  const tab = await open();
  slack.show((state) => ({ ...state, bot: { ...state.bot, connected: false } }));
  await tab.getByText('Lead Alerts is not connected').waitFor();
});

test('the theme follows the system until it is chosen, and the choice outlives a reload', async () => {
  const tab = await open({ dark: true });
  const theme = () => tab.locator('html').getAttribute('data-theme');
  expect(await theme()).toBe('dark');
  await tab.getByRole('button', { name: 'Use the light theme' }).click();
  await expect.poll(theme).toBe('light');
  await tab.reload();
  expect(await theme()).toBe('light');
});

test.for([
  { dark: false, modal: false },
  { dark: false, modal: true },
  { dark: true, modal: false },
  { dark: true, modal: true },
])('every text has the contrast of AA: $dark, modal: $modal', async ({ dark, modal }) => {
  const tab = await open({ dark, path: `?as=${DANA.id}` });
  await tab.getByRole('button', { name: '2 replies' }).click();
  await composer(tab).fill('/');
  if (modal) {
    showViews({});
    await tab.getByRole('button', { name: 'Save' }).click();
  }
  expect(await findPoorContrast(tab)).toEqual([]);
});

test.for([1280, 900])('nothing is cut off at a width of %i px', async (width) => {
  const tab = await open({ width });
  await tab.getByRole('button', { name: '2 replies' }).click();
  const wide = await tab.evaluate(() =>
    [...document.querySelectorAll('body, .sidebar, main, .right, .scroller, .panel-body')]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => box.className),
  );
  expect(wide).toEqual([]);
});

test('nothing is loaded from elsewhere, not even an image that a message names', async () => {
  const tab = await open();
  const elsewhere: string[] = [];
  tab.on('requestfinished', (request) => {
    if (!request.url().startsWith(slack.url)) elsewhere.push(request.url());
  });
  const refused = tab.waitForEvent('console', (entry) =>
    entry.text().includes('Content Security Policy'),
  );
  slack.show((state) => ({
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
