import type { Page as Tab } from 'playwright-core';
import { expect } from 'vitest';
import { eventually, setStage, test } from './stage.ts';
import { DANA, JONAS, MAYA, message, stateFor, tsAt } from './states.ts';

const composer = (tab: Tab) => tab.getByRole('textbox', { name: 'Message #hot-leads' });

const { open, slack, lastAsked } = setStage();

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
  slack().answers.set('press', answered.promise);
  const claim = tab.getByRole('button', { name: 'Claim lead' });
  await claim.click();
  await claim.click();
  expect(await claim.getAttribute('aria-busy')).toBe('true');
  answered.resolve({ ok: true });
  await eventually(() => claim.getAttribute('aria-busy')).toBe('false');
  expect(slack().asked).toEqual([
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
  slack().answers.set('press', { ok: false, error: 'This app did not respond.' });
  await tab.getByRole('button', { name: 'Claim lead' }).click();
  await tab.getByRole('alert').getByText('This app did not respond.').waitFor();
});

test('the menu of a card reports the chosen option', async () => {
  const tab = await open();
  await tab.getByRole('button', { name: 'More actions' }).click();
  await tab.keyboard.press('ArrowDown');
  await tab.getByRole('menuitem', { name: 'Release' }).press('Enter');
  await eventually(lastAsked).toMatchObject({
    body: { actionId: 'alert.more', option: 'alert.release:a1' },
  });
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
  await eventually(lastAsked).toMatchObject({
    body: { blockId: 'rows', actionId: 'rollup.open', option: 'a7' },
  });
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
  expect(slack().asked).toEqual([]);
  await release.click();
  await dialog.getByRole('button', { name: 'Give back' }).click();
  await eventually(lastAsked).toMatchObject({ body: { actionId: 'alert.release' } });
});

test('a half-typed command is completed, sent with Enter, and recalled with the up arrow', async () => {
  const tab = await open();
  await composer(tab).pressSequentially('/l');
  await tab.getByRole('option', { name: /\/lead velocitypay\.io/ }).waitFor();
  await composer(tab).press('Enter');
  await composer(tab).pressSequentially('hot');
  await composer(tab).press('Enter');
  await eventually(lastAsked).toEqual({
    verb: 'say',
    body: { as: MAYA.id, channel: 'C0HOT', text: '/lead hot' },
  });
  await eventually(() => composer(tab).inputValue()).toBe('');
  await composer(tab).press('ArrowUp');
  expect(await composer(tab).inputValue()).toBe('/lead hot');
});

test('a command that fails keeps what was typed and shows the sentence above it', async () => {
  const tab = await open();
  slack().answers.set('say', { ok: false, error: '/lead failed with the error "dispatch_failed"' });
  await composer(tab).fill('/lead x');
  await composer(tab).press('Enter');
  await tab.getByRole('alert').getByText('dispatch_failed').waitFor();
  expect(await composer(tab).inputValue()).toBe('/lead x');
});

test('becoming someone else changes the address, and an outsider is marked', async () => {
  const tab = await open();
  await tab.getByRole('combobox', { name: 'You are' }).selectOption('Dana Cole (external)');
  await tab.getByText('From another organization').waitFor();
  expect(new URL(tab.url()).searchParams.get('as')).toBe(DANA.id);
  await tab.getByRole('button', { name: 'Claim lead' }).click();
  await eventually(lastAsked).toMatchObject({ body: { as: DANA.id } });
});

test('an address with a person and a channel opens as that person there', async () => {
  const tab = await open({ path: `?as=${JONAS.id}#lead-digest` });
  await tab.getByRole('textbox', { name: 'Message #lead-digest' }).waitFor();
  expect(await tab.getByRole('combobox', { name: 'You are' }).inputValue()).toBe(JONAS.id);
});

test('an address that names nobody here opens as the first person', async () => {
  const tab = await open({
    path: '?as=U0GONE',
    state: (as) => (as === 'U0GONE' ? null : stateFor(as)),
  });
  expect(await tab.getByRole('combobox', { name: 'You are' }).inputValue()).toBe(MAYA.id);
});

test('a channel counts what is unread until it is opened', async () => {
  const tab = await open();
  const digest = tab.getByRole('button', { name: 'lead-digest' });
  expect(await digest.innerText()).toContain('1');
  await digest.click();
  await tab.getByRole('button', { name: 'general' }).click();
  await tab.getByText('No messages in #general yet.').waitFor();
  expect(await digest.innerText()).not.toContain('1');
});

test('replies open beside the channel, and a reply goes to their thread', async () => {
  const tab = await open();
  await tab.getByRole('button', { name: '2 replies' }).click();
  const thread = tab.getByRole('region', { name: 'Thread' });
  expect(await thread.getByRole('article').count()).toBe(3);
  await thread.getByRole('textbox', { name: 'Reply in thread' }).fill('Thanks');
  await tab.keyboard.press('Enter');
  await eventually(lastAsked).toMatchObject({ body: { text: 'Thanks', threadTs: tsAt(0) } });
});

test('the panel runs an action and says so', async () => {
  const tab = await open();
  const panel = tab.getByRole('region', { name: 'Change the data' });
  await panel.getByRole('button', { name: 'VelocityPay cools' }).click();
  await panel.getByRole('status').getByText('Done: VelocityPay cools').waitFor();
  expect(lastAsked()).toEqual({ verb: 'panel', body: { id: 'velocitypay-cools' } });
});
