import type { KnownBlock } from '@slack/types';
import { expect } from 'vitest';
import { eventually, setStage, test } from './stage.ts';
import { contactModal, DANA, JONAS, MAYA, PRIYA, stateFor } from './states.ts';

const isUserOrDate = ({ block_id }: { block_id?: string }) =>
  block_id === 'to' || block_id === 'when';

const { open, slack, lastRequest, showViews } = setStage();

test('submits input in the shape of view.state.values', async () => {
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
  await eventually(lastRequest).toBeDefined();
  const option = (text: string, value: string, type = 'plain_text') => ({
    text: { type, text },
    value,
  });
  expect(lastRequest()).toEqual({
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
        to: { to: { type: 'users_select', selected_user: null } },
        when: { when: { type: 'datepicker', selected_date: '2026-12-01' } },
        'contact.note': { 'contact.note': { type: 'plain_text_input', value: null } },
      },
    },
  });
});

test('chooses a user and a date with the keyboard alone', async () => {
  const tab = await open();
  showViews({ view: { ...contactModal, blocks: contactModal.blocks.filter(isUserOrDate) } });
  const people = tab.getByRole('combobox', { name: /^Hand over to/ });
  await eventually(() => people.evaluate((one) => one === document.activeElement)).toBe(true);
  await tab.keyboard.type('Jonas');
  await tab.keyboard.press('Tab');
  await tab.keyboard.type('12312026');
  await tab.keyboard.press('Enter');
  await eventually(lastRequest).toMatchObject({
    verb: 'submit',
    body: {
      values: {
        to: { to: { type: 'users_select', selected_user: JONAS.id } },
        when: { when: { type: 'datepicker', selected_date: '2026-12-31' } },
      },
    },
  });
});

test('a user menu offers everyone but deactivated users', async () => {
  const people = [MAYA, { ...JONAS, deactivated: true }, PRIYA, DANA];
  const tab = await open({ state: (as) => ({ ...stateFor(as), people }) });
  showViews({});
  const options = tab.getByRole('combobox', { name: /^Hand over to/ }).getByRole('option');
  expect(await options.allTextContents()).toEqual([
    'Choose a colleague',
    MAYA.realName,
    PRIYA.realName,
    DANA.realName,
  ]);
});

test('does not submit a modal with an empty required input, and marks the input', async () => {
  const tab = await open();
  showViews({});
  await tab.getByRole('button', { name: 'Save' }).click();
  const choices = tab.getByRole('radiogroup', { name: 'How did you reach out?' });
  expect(await choices.getAttribute('aria-invalid')).toBe('true');
  expect(await tab.getByText('Please complete this required field.').count()).toBe(2);
  expect(slack().requests).toEqual([]);
});

test("shows the bot's errors next to their inputs and keeps the input", async () => {
  const tab = await open();
  showViews({});
  const note = tab.getByRole('textbox', { name: /^Note/ });
  await note.fill('x');
  showViews({ errors: { 'contact.note': 'Say a little more.' } });
  await tab.getByRole('alert').getByText('Say a little more.').waitFor();
  expect(await note.inputValue()).toBe('x');
  expect(await note.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('Escape closes the top modal of the stack', async () => {
  const tab = await open();
  showViews({}, { view: { ...contactModal, title: { type: 'plain_text', text: 'History' } } });
  await tab.getByRole('dialog', { name: 'History' }).waitFor();
  await tab.keyboard.press('Escape');
  await eventually(lastRequest).toEqual({ verb: 'close', body: { as: MAYA.id, viewId: 'V1' } });
  showViews({});
  await tab.getByRole('dialog', { name: 'Mark contacted' }).waitFor();
});

test('Escape still closes a modal after a re-render removed its focused button', async () => {
  const tab = await open();
  const plain = (text: string) => ({ type: 'plain_text', text }) as const;
  const details = (...blocks: KnownBlock[]) => ({
    view: { type: 'modal', title: plain('Details'), blocks } as const,
  });
  const words = { type: 'section', text: plain('All there is') } as const;
  const claim = { type: 'button', action_id: 'claim', text: plain('Claim') } as const;
  showViews(details(words, { type: 'actions', elements: [claim] }));
  const pressed = tab.getByRole('dialog').getByRole('button', { name: 'Claim' });
  await pressed.click();
  showViews(details(words));
  await pressed.waitFor({ state: 'detached' });
  await tab.keyboard.press('Escape');
  await eventually(lastRequest).toEqual({ verb: 'close', body: { as: MAYA.id, viewId: 'V0' } });
});

test('Escape closes a modal while nothing has the focus', async () => {
  const tab = await open();
  showViews({});
  await tab.getByRole('dialog').waitFor();
  await tab.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await tab.keyboard.press('Escape');
  await eventually(lastRequest).toEqual({ verb: 'close', body: { as: MAYA.id, viewId: 'V0' } });
});

test("keeps a modal's input while another modal is open above it", async () => {
  const tab = await open();
  showViews({});
  await tab.getByRole('textbox', { name: /^Note/ }).fill('kept');
  showViews({}, { view: { ...contactModal, title: { type: 'plain_text', text: 'History' } } });
  await tab.getByRole('dialog', { name: 'History' }).waitFor();
  expect(await tab.getByRole('dialog').count()).toBe(1);
  showViews({});
  await tab.getByRole('dialog', { name: 'Mark contacted' }).waitFor();
  expect(await tab.getByRole('textbox', { name: /^Note/ }).inputValue()).toBe('kept');
});

test('focuses the first input of a form that fills in after it opened', async () => {
  const tab = await open();
  const { title } = contactModal;
  const wait = { type: 'section', text: { type: 'plain_text', text: 'One moment' } } as const;
  showViews({ view: { type: 'modal', title, blocks: [wait] } });
  await tab.getByRole('dialog').getByText('One moment').waitFor();
  showViews({});
  const first = tab.getByRole('radio', { name: 'E-mail' });
  await eventually(() => first.evaluate((one) => one === document.activeElement)).toBe(true);
});
