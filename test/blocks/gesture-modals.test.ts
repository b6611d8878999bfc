import type { ModalView } from '@slack/types';
import { expect, test } from 'vitest';
import { gestureDone } from '../../blocks/gesture-done.ts';
import { handOverModal } from '../../blocks/hand-over-modal.ts';
import { ids } from '../../blocks/ids.ts';
import { notAFitModal } from '../../blocks/not-a-fit-modal.ts';
import { noteModal } from '../../blocks/note-modal.ts';
import { outcomeModal } from '../../blocks/outcome-modal.ts';
import { snoozeModal } from '../../blocks/snooze-modal.ts';
import { type Alert, NOT_A_FIT_REASONS, OUTCOMES } from '../../src/core/alert.ts';
import { undoOf } from '../../src/doctor/every-builder.ts';
import { shownBy } from './block-limits.ts';
import { ALERT_ID, JONAS, MARIA, NOW, picture, STATES } from './samples.ts';

/** The inputs of a form: block id, kind of element, and `optional`. */
function asks(view: ModalView): string[] {
  return view.blocks.flatMap((block) => {
    if (block.type !== 'input' || !('element' in block)) return [];
    expect('action_id' in block.element && block.element.action_id).toBe(block.block_id);
    return [`${block.block_id} ${block.element.type}${block.optional === true ? ' optional' : ''}`];
  });
}

test.each([
  [
    'hand over',
    handOverModal,
    ids.handOverModal,
    ['hand-over.to users_select', 'gesture.note plain_text_input optional'],
  ],
  [
    'snooze',
    snoozeModal,
    ids.snoozeModal,
    ['snooze.until radio_buttons', 'snooze.date datepicker optional'],
  ],
  [
    'outcome',
    outcomeModal,
    ids.outcomeModal,
    [
      'outcome.kind radio_buttons',
      'outcome.date datepicker optional',
      'gesture.note plain_text_input optional',
    ],
  ],
  ['note', noteModal, ids.noteModal, ['gesture.note plain_text_input']],
] as const)(
  'the form of %s asks for its values, and names the lead',
  (_, draw, callback, inputs) => {
    const view = draw(picture(), ALERT_ID);
    expect(asks(view)).toEqual(inputs);
    expect(view).toMatchObject({ callback_id: callback, private_metadata: ALERT_ID });
    expect(shownBy(view)).toContain('*VelocityPay*');
  },
);

test.each([
  [45_000, '45 seconds'],
  [60_000, '1 minute'],
  [1_800_000, '30 minutes'],
  [129_600_000, '36 hours'],
  [86_400_000, '1 day'],
  [7_776_000_000, '90 days'],
])('the form of not a fit says when the lead may return: %i ms', (quietMs, after) => {
  const view = notAFitModal(picture(), ALERT_ID, quietMs);
  expect(shownBy(view)).toContain(`It may return after ${after}, or earlier`);
});

test('the form of not a fit offers every reason', () => {
  const view = notAFitModal(picture(), ALERT_ID, 7_776_000_000);
  expect(asks(view)).toEqual([
    'not-a-fit.reason static_select',
    'gesture.note plain_text_input optional',
  ]);
  expect(view).toMatchObject({ callback_id: ids.notAFitModal, private_metadata: ALERT_ID });
  expect(view.blocks[1]).toMatchObject({
    element: { options: NOT_A_FIT_REASONS.map((value) => ({ value })) },
  });
});

test('the form of the outcome offers every outcome', () => {
  expect(outcomeModal(picture(), ALERT_ID).blocks[1]).toMatchObject({
    element: { options: OUTCOMES.map((value) => ({ value })) },
  });
});

test.each(['hour', 'tomorrow', 'monday', 'date'])('a lead can be snoozed until %s', (value) => {
  expect(JSON.stringify(snoozeModal(picture(), ALERT_ID))).toContain(`"value":"${value}"`);
});

test('a note may have 3,000 characters', () => {
  expect(noteModal(picture(), ALERT_ID).blocks[1]).toMatchObject({
    element: { max_length: 3_000 },
  });
});

const until = new Date('2026-03-09T08:00:00Z');
const on = (changes: Partial<Alert>) => picture({ ...STATES.claimed, ...changes });
const UNTIL = /<!date\^1773043200\^[^|]+\|([^>]+)>/;

test.each([
  ['claimed', on({}), 'You claimed VelocityPay.'],
  ['released', picture(), 'You released VelocityPay. Anyone can claim it.'],
  ['contacted', on(STATES.contacted), 'You contacted VelocityPay by phone.'],
  ['handed-over', on({ owner: JONAS }), 'You handed VelocityPay over to <@U0JONAS>.'],
  [
    'passed',
    picture(STATES.passed),
    'You passed on VelocityPay. It goes to the next AE, or to everyone.',
  ],
  ['kept', on({}), 'VelocityPay stays yours.'],
  ['given-back', picture(), 'You gave VelocityPay back. Anyone can claim it.'],
  ['given-back', on({ owner: JONAS }), 'You gave VelocityPay back to <@U0JONAS>.'],
  [
    'outcome',
    on({ ...STATES.contacted, outcome: { kind: 'no-reply', at: NOW, until: null } }),
    'Outcome for VelocityPay: no reply.',
  ],
  [
    'snoozed',
    on({ hold: { kind: 'snoozed', by: MARIA, at: NOW, until } }),
    'You snoozed VelocityPay until Mar 9, 2026, 08:00 UTC, or until its score moves by 5 points.',
  ],
  [
    'not-a-fit',
    on({ hold: { kind: 'not-a-fit', reason: 'partner', by: MARIA, at: NOW, until } }),
    'You marked VelocityPay as not a fit (partner). It may return after Mar 9, 2026 UTC.',
  ],
] as const)('says what %s did, with a button to undo it', (kind, of, said) => {
  const drawn = gestureDone(of, undoOf(kind), NOW);
  expect(drawn.text.replace(UNTIL, '$1')).toBe(said);
  expect(drawn.blocks[0]).toMatchObject({
    accessory: { action_id: ids.undo, value: `${ALERT_ID}:${ALERT_ID}` },
  });
});

test.each([
  [28_800_000, ' You have another 8 working hours to reach out.'],
  [3_600_000, ' You have another 1 working hour to reach out.'],
  [5_400_000, ' You have another 90 working minutes to reach out.'],
  [86_400_000, ' You have another 24 working hours to reach out.'],
  [null, ''],
])('says how much time a Keep gives: %s ms', (contactWithinMs, said) => {
  const drawn = gestureDone(on({}), undoOf('kept'), NOW, { contactWithinMs });
  expect(drawn.text).toBe(`VelocityPay stays yours.${said}`);
  const other = gestureDone(on({}), undoOf('claimed'), NOW, { contactWithinMs });
  expect(other.text).toBe('You claimed VelocityPay.');
});

test('offers no undo after ten minutes', () => {
  const late = new Date(NOW.getTime() + 10 * 60_000);
  expect(gestureDone(on({}), undoOf('claimed'), late).blocks).toHaveLength(1);
});
