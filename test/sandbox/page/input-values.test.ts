import { expect, test } from 'vitest';
import {
  findMistakes,
  knownBlocks,
  valuesOf,
} from '../../../src/sandbox/page/blocks/input-values.ts';
import { card, contactModal } from './states.ts';

const blocks = knownBlocks(contactModal.blocks);

test('an untouched form has the initial values of its elements', () => {
  expect(valuesOf(blocks, {})).toEqual({
    'contact.method': { 'contact.method': { type: 'radio_buttons', selected_option: null } },
    stage: { stage: { type: 'static_select', selected_option: null } },
    who: { who: { type: 'checkboxes', selected_options: [] } },
    to: { to: { type: 'users_select', selected_user: null } },
    when: { when: { type: 'datepicker', selected_date: '2026-12-01' } },
    'contact.note': {
      'contact.note': { type: 'plain_text_input', value: 'Left a voice mail' },
    },
  });
});

test('buttons and overflow menus have no value', () => {
  expect(valuesOf(card, {})).toEqual({});
});

test('requires a value only in required inputs', () => {
  expect(Object.keys(findMistakes(blocks, valuesOf(blocks, {})))).toEqual([
    'contact.method',
    'stage',
  ]);
});
