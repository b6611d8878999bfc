import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { isSubmission, parseGesture } from '../../src/listeners/gesture.ts';
import { ALERT, bodyOf, USER, who } from './stage.ts';

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
