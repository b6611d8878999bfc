import { expect, test } from 'vitest';
import { everyMessage, everyView } from '../../src/doctor/every-builder.ts';
import { textsIn } from './block-limits.ts';
import { JONAS, MARIA, NOW, picture, STATES } from './samples.ts';

const HISTORY = {
  events: [
    { at: NOW, kind: 'opened', actor: null, detail: null, target: null },
    { at: NOW, kind: 'offered', actor: null, detail: 'owner', target: JONAS },
    { at: NOW, kind: 'contacted', actor: MARIA, detail: 'email', target: null },
  ],
  notes: [{ at: NOW, author: MARIA, kind: 'contact', word: 'email', body: 'Rang' }],
} as const;

/** Everything that an AE may read about a lead in any state: what it is, and its text. */
function* everyText(): Generator<[string, string]> {
  for (const [state, changes] of Object.entries(STATES)) {
    const of = picture(changes, { events: [...HISTORY.events], notes: [...HISTORY.notes] });
    for (const [name, { text, blocks }] of everyMessage(of, 2, 'acme')) {
      yield [`${name}, ${state}`, text];
      for (const block of textsIn(blocks)) yield [`${name}, ${state}`, block.text];
    }
    for (const [name, view] of everyView(of)) {
      for (const block of textsIn(view)) yield [`${name}, ${state}`, block.text];
    }
  }
}

test.each([
  ['a poll', /\bpoll/i],
  ['a re-score', /re-?scor/i],
  ['two decimals of a score outside of the arithmetic', /\d\.\d\d points|points short/],
  ['two times "by" in a row', /by <@\w+> by |by (?:email|phone) by /],
  ['an id of the database', /\b(?:not_a_fit|not-a-fit|handed-over|given-back|null|undefined)\b/],
])('no text tells an AE of %s', (_, word) => {
  const told = [...everyText()].filter(([, text]) => word.test(text.replace(/<!date[^>]+>/g, '')));
  expect(told).toEqual([]);
});

test('no date in the middle of a sentence begins with a capital', () => {
  // Slack writes "Today at 9:00" unless a word in the same token precedes it.
  const capital = /(?<!^|\n|• )<!date\^\d+\^\{date_(?:short|long)?_?pretty\}/;
  expect([...everyText()].filter(([, text]) => capital.test(text))).toEqual([]);
});
