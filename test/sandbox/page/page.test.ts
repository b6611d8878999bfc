import type { KnownBlock } from '@slack/types';
import type { Page as Tab } from 'playwright-core';
import { expect } from 'vitest';
import { eventually, setStage, test } from './stage.ts';
import { DANA, JONAS, MAYA, message, stateFor, tsAt } from './states.ts';

const composer = (tab: Tab) => tab.getByRole('textbox', { name: 'Message #hot-leads' });

/** A state whose only message has these blocks. */
const stateWith = (blocks: readonly KnownBlock[]) => (as: string) => ({
  ...stateFor(as),
  messages: { C0HOT: [message(tsAt(0), { blocks })] },
});

const { open, slack, lastRequest } = setStage();

test('a message is an article labeled with its author and plain text', async () => {
  const tab = await open();
  const folded = tab.getByRole('article', {
    name: 'Lead Alerts: HomeFront is hot, claimed by @Jonas Weber',
  });
  await folded.waitFor();
  expect(await folded.getAttribute('data-ts')).toBe(tsAt(0));
  expect(await folded.getByText('(edited)').count()).toBe(1);
  expect(await folded.getByText('@Jonas Weber').count()).toBe(1);
});

test('shows a group ping in lead text as text', async () => {
  const tab = await open();
  const shown = tab.getByRole('article', { name: /VelocityPay is hot, score 88/ });
  expect(await shown.innerText()).toContain('<!here> in lead text stays text');
  expect(await shown.locator('.mention').count()).toBe(0);
});

test('shows a mention of a user group by its handle', async () => {
  const text = '<!subteam^S0SALES>: nobody has claimed this lead.';
  const state = stateWith([{ type: 'section', block_id: 'asked', text: { type: 'mrkdwn', text } }]);
  const tab = await open({ state });
  const mention = tab.locator('.mention');
  await mention.waitFor();
  expect(await mention.innerText()).toBe('@sales-team');
});

test('marks a private answer as only visible to you, and dismisses it', async () => {
  const tab = await open();
  const answer = tab.getByRole('article', { name: /claimed by Jonas/ });
  await answer.getByText('Only visible to you').waitFor();
  await answer.getByRole('button', { name: 'Dismiss message' }).click();
  await answer.waitFor({ state: 'detached' });
});

test('a button reports one press, and is busy until the response', async () => {
  const tab = await open();
  const answered = Promise.withResolvers<unknown>();
  slack().answers.set('press', answered.promise);
  const claim = tab.getByRole('button', { name: 'Claim lead' });
  await claim.click();
  await claim.click();
  expect(await claim.getAttribute('aria-busy')).toBe('true');
  answered.resolve({ ok: true });
  await eventually(() => claim.getAttribute('aria-busy')).toBe('false');
  expect(slack().requests).toEqual([
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

test('shows the error of a press next to the button', async () => {
  const tab = await open();
  slack().answers.set('press', { ok: false, error: 'This app did not respond.' });
  await tab.getByRole('button', { name: 'Claim lead' }).click();
  await tab.getByRole('alert').getByText('This app did not respond.').waitFor();
});

test("a card's menu reports the chosen option", async () => {
  const tab = await open();
  await tab.getByRole('button', { name: 'More actions' }).click();
  await tab.keyboard.press('ArrowDown');
  await tab.getByRole('menuitem', { name: 'Release' }).press('Enter');
  await eventually(lastRequest).toMatchObject({
    body: { actionId: 'alert.more', option: 'alert.release:a1' },
  });
});

test('a select in a message reports the chosen option', async () => {
  const tab = await open({
    state: stateWith([
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
    ]),
  });
  await tab.getByRole('combobox', { name: 'Open a lead' }).selectOption('Acme');
  await eventually(lastRequest).toMatchObject({
    body: { blockId: 'rows', actionId: 'rollup.open', option: 'a7' },
  });
});

test('a button with a confirmation reports only after the user confirms', async () => {
  const text = (value: string) => ({ type: 'plain_text' as const, text: value });
  const tab = await open({
    state: stateWith([
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
    ]),
  });
  const release = tab.getByRole('button', { name: 'Release' });
  await release.click();
  const dialog = tab.getByRole('dialog', { name: 'Give it back?' });
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(slack().requests).toEqual([]);
  await release.click();
  await dialog.getByRole('button', { name: 'Give back' }).click();
  await eventually(lastRequest).toMatchObject({ body: { actionId: 'alert.release' } });
});

test('completes a command, sends it with Enter, and recalls it with the up arrow', async () => {
  const tab = await open();
  await composer(tab).pressSequentially('/l');
  await tab.getByRole('option', { name: /\/lead velocitypay\.io/ }).waitFor();
  await composer(tab).press('Enter');
  await composer(tab).pressSequentially('hot');
  await composer(tab).press('Enter');
  await eventually(lastRequest).toEqual({
    verb: 'say',
    body: { as: MAYA.id, channel: 'C0HOT', text: '/lead hot' },
  });
  await eventually(() => composer(tab).inputValue()).toBe('');
  await composer(tab).press('ArrowUp');
  expect(await composer(tab).inputValue()).toBe('/lead hot');
});

test('keeps the text of a failed command and shows the error above it', async () => {
  const tab = await open();
  slack().answers.set('say', { ok: false, error: '/lead failed with the error "dispatch_failed"' });
  await composer(tab).fill('/lead x');
  await composer(tab).press('Enter');
  await tab.getByRole('alert').getByText('dispatch_failed').waitFor();
  expect(await composer(tab).inputValue()).toBe('/lead x');
});

test('switching users changes the URL, and an external user is marked', async () => {
  const tab = await open();
  await tab.getByRole('combobox', { name: 'You are' }).selectOption('Dana Cole (external)');
  await tab.getByText('From another organization').waitFor();
  expect(new URL(tab.url()).searchParams.get('as')).toBe(DANA.id);
  await tab.getByRole('button', { name: 'Claim lead' }).click();
  await eventually(lastRequest).toMatchObject({ body: { as: DANA.id } });
});

test('opens as the user and in the channel of the URL', async () => {
  const tab = await open({ path: `?as=${JONAS.id}#lead-digest` });
  await tab.getByRole('textbox', { name: 'Message #lead-digest' }).waitFor();
  expect(await tab.getByRole('combobox', { name: 'You are' }).inputValue()).toBe(JONAS.id);
});

test('opens as the first user if the URL names an unknown one', async () => {
  const tab = await open({
    path: '?as=U0GONE',
    state: (as) => (as === 'U0GONE' ? null : stateFor(as)),
  });
  expect(await tab.getByRole('combobox', { name: 'You are' }).inputValue()).toBe(MAYA.id);
});

test('shows the number of unread messages until the channel is opened', async () => {
  const tab = await open();
  const digest = tab.getByRole('button', { name: 'lead-digest' });
  expect(await digest.innerText()).toContain('1');
  await digest.click();
  await tab.getByRole('button', { name: 'general' }).click();
  await tab.getByText('No messages in #general yet.').waitFor();
  expect(await digest.innerText()).not.toContain('1');
});

test('opens replies next to the channel, and sends a reply to their thread', async () => {
  const tab = await open();
  await tab.getByRole('button', { name: '2 replies' }).click();
  const thread = tab.getByRole('region', { name: 'Thread' });
  expect(await thread.getByRole('article').count()).toBe(3);
  await thread.getByRole('textbox', { name: 'Reply in thread' }).fill('Thanks');
  await tab.keyboard.press('Enter');
  await eventually(lastRequest).toMatchObject({ body: { text: 'Thanks', threadTs: tsAt(0) } });
});

test('the panel runs an action and confirms it', async () => {
  const tab = await open();
  const panel = tab.getByRole('region', { name: 'Change the data' });
  await panel.getByRole('button', { name: 'VelocityPay cools' }).click();
  await panel.getByRole('status').getByText('Done: VelocityPay cools').waitFor();
  expect(lastRequest()).toEqual({ verb: 'panel', body: { id: 'velocitypay-cools' } });
});

test('lists what to try, and ticks off what has happened', async () => {
  const tab = await open();
  const guide = tab.getByRole('region', { name: 'What to try' });
  await guide.getByRole('status').getByText('1/3 done').waitFor();
  expect(await guide.getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringMatching(/^Claim a lead\s*: done$/),
    expect.stringContaining('pick Jonas'),
    expect.stringContaining('Type /lead why cloudmetrics.'),
  ]);
  slack().show((state) => ({
    ...state,
    guide: state.guide.map((step) => ({ ...step, done: true })),
  }));
  await guide.getByRole('status').getByText('All done').waitFor();
});

test('has more to try below, and collapses the list', async () => {
  const tab = await open();
  const guide = tab.getByRole('region', { name: 'What to try' });
  await guide.getByText('More to try').click();
  const tip = guide.getByText('Alice has first call on VelocityPay');
  await tip.waitFor();
  await guide.getByRole('button', { name: 'Collapse panel' }).click();
  await tip.waitFor({ state: 'detached' });
});
