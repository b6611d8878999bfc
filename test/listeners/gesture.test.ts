import { expect, test } from 'vitest';
import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import { isSubmission, parseGesture } from '../../src/listeners/gesture.ts';
import { ALERT, bodyOf, UNDO, USER, who } from './stage.ts';

test('reads who pressed what, where, about which alert', () => {
  expect(parseGesture(bodyOf({ kind: 'action', id: ids.claim }))).toEqual({
    kind: 'press',
    user: USER,
    team: 'T0OTHER',
    channel: 'C0',
    action: ids.claim,
    alertId: ALERT,
    responseUrl: 'https://hooks.slack.com/x',
    value: ALERT,
    undoId: null,
    mute: null,
    blockId: 'b',
    triggerId: 'trigger',
    isDirect: false,
    isEphemeral: true,
    view: null,
  });
});

const pressed = (action_id: string, value: unknown) =>
  parseGesture({
    ...bodyOf({ kind: 'action', id: action_id }),
    actions: [{ action_id, block_id: 'b', value }],
  });

test.each([
  [ids.claim, ALERT, ALERT],
  [ids.claim, `${ALERT}\0`, ALERT],
  [ids.claim, `${ids.claim}:${ALERT}`, null],
  [ids.more, `${ids.claim}:${ALERT}`, ALERT],
  [ids.more, `${ids.claim}:x:${ALERT}`, null],
  [ids.undo, `${ALERT}:${UNDO}`, ALERT],
  [ids.undo, ALERT, null],
  [ids.claim, 'no id', null],
  [ids.claim, 7, null],
])('reads from a press of %s with the value %j the alert %j', (action, value, alertId) => {
  expect(pressed(action, value)).toMatchObject({ kind: 'press', alertId });
});

test.each([
  { user: { id: 'not an id' } },
  { user: { id: 'U'.repeat(100) } },
  { actions: [] },
  { actions: [{ action_id: 'x'.repeat(256) }] },
])('drops a press with %j', (malformed) => {
  expect(parseGesture({ ...bodyOf({ kind: 'action', id: ids.claim }), ...malformed })).toBeNull();
});

test('recognizes a submitted modal that it cannot read', () => {
  const body = { type: 'view_submission', user: who, view: null };
  expect([parseGesture(body), isSubmission(body)]).toEqual([null, true]);
});

test('reads which gesture an Undo button names', () => {
  expect(pressed(ids.undo, `${ALERT}:${UNDO}`)).toMatchObject({ undoId: UNDO });
  expect(pressed(ids.undo, `${ALERT}:x`)).toMatchObject({ alertId: ALERT, undoId: null });
});

test.each([
  [ids.muteMenu, 'morning', { kind: 'morning', isMuted: true }],
  [ids.setting, 'hand-over:off', { kind: 'hand-over', isMuted: true }],
  [ids.setting, 'follow-up:on', { kind: 'follow-up', isMuted: false }],
  [ids.muteMenu, 'warning', null],
  [ids.muteMenu, 'offer:on', null],
  [ids.muteMenu, '__proto__', null],
  [ids.setting, 'warning:off', null],
  [ids.setting, 'offer', null],
  [ids.setting, 'offer:on:off', null],
  [ids.setting, '', null],
  [ids.setting, 7, null],
  [ids.claim, 'offer', null],
])('reads from a press of %s with the value %j the setting %j', (action, value, mute) => {
  expect(pressed(action, value)).toMatchObject({ mute });
});

/** A submitted form, whose inputs hold this. */
const submitted = (callbackId: string, values: unknown) => {
  const body = z.object({ view: z.looseObject({}) }).loose();
  const { view, ...rest } = body.parse(bodyOf({ kind: 'view', id: callbackId }));
  return parseGesture({
    ...rest,
    view: { ...view, ...(values === undefined ? {} : { state: { values } }) },
  });
};

test('reads what the inputs of the forms hold', () => {
  expect(submitted(ids.snoozeModal, undefined)).toMatchObject({
    kind: 'submission',
    alertId: ALERT,
    method: 'email',
    to: 'U0BO',
    until: 'date',
    date: '2026-03-09',
    reason: 'partner',
    outcome: 'not-now',
    note: 'Call them',
  });
});

const NOTHING = { method: null, to: null, until: null, date: null, reason: null, outcome: null };

test.each([{}, { [ids.handOverTo]: null }, null, 7])(
  'a form whose inputs are %j holds nothing',
  (values) => {
    expect(submitted(ids.handOverModal, values)).toMatchObject({ ...NOTHING, note: '' });
  },
);

test.each([
  [ids.handOverTo, { selected_user: '<!channel>' }],
  [ids.handOverTo, { selected_user: null }],
  [ids.snoozeUntil, { selected_option: { value: 'forever' } }],
  [ids.snoozeUntil, { selected_option: null }],
  [ids.snoozeDate, { selected_date: '2026-02-30' }],
  [ids.outcomeDate, { selected_date: 'tomorrow' }],
  [ids.notAFitReason, { selected_option: { value: '__proto__' } }],
  [ids.outcomeKind, { selected_option: { value: '' } }],
])('reads nothing from the input %s that holds %j', (id, held) => {
  expect(submitted(ids.handOverModal, { [id]: { [id]: held } })).toMatchObject(NOTHING);
});

test.each([
  [{ value: ' Call\0 them \ud83d' }, 'Call them'],
  [{ value: null }, ''],
  [{}, ''],
  [{ value: 7 }, null],
  [null, null],
])('reads the note %j as %j', (held, note) => {
  const values = { [ids.gestureNote]: { [ids.gestureNote]: held } };
  expect(submitted(ids.noteModal, values)).toMatchObject({ note });
});
