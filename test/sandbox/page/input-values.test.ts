import { expect, test } from 'vitest';
import { blocksOf, findMistakes, valuesOf } from '../../../src/sandbox/page/blocks/input-values.ts';
import { card, contactModal } from './states.ts';

const blocks = blocksOf(contactModal);

test('an untouched form has the values that its elements began with', () => {
  expect(valuesOf(blocks, {})).toEqual({
    'contact.method': { 'contact.method': { type: 'radio_buttons', selected_option: null } },
    stage: { stage: { type: 'static_select', selected_option: null } },
    who: { who: { type: 'checkboxes', selected_options: [] } },
    'contact.note': {
      'contact.note': { type: 'plain_text_input', value: 'Left a voice mail' },
    },
  });
});

test('buttons and overflow menus hold no value', () => {
  expect(valuesOf(card, {})).toEqual({});
});

test('only required inputs may not be empty', () => {
  expect(Object.keys(findMistakes(blocks, valuesOf(blocks, {})))).toEqual([
    'contact.method',
    'stage',
  ]);
});
