import { expect, test } from 'vitest';
import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import { isEventToIgnore, isSubmission, parseGesture } from '../../src/listeners/gesture.ts';
import { MALFORMED } from './malformed-values.ts';
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
    isHome: false,
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

test('reads a press on Home, which has neither a channel nor a modal', () => {
  const { channel: _, response_url: __, ...press } = bodyOf({ kind: 'action', id: ids.claim });
  const home = { id: 'V0', type: 'home', private_metadata: '' };
  expect(
    parseGesture({ ...press, container: { type: 'view', view_id: 'V0' }, view: home }),
  ).toMatchObject({
    kind: 'press',
    alertId: ALERT,
    channel: null,
    responseUrl: null,
    isHome: true,
    view: null,
  });
});

const event = (more: object) => ({
  type: 'event_callback',
  team_id: 'T0',
  event_id: 'Ev1',
  event: { user: USER, ...more },
});

test('reads who opened Home, but not another tab', () => {
  const opened = { type: 'app_home_opened', channel: 'D0', tab: 'home' };
  expect(parseGesture(event(opened))).toEqual({
    kind: 'home',
    user: USER,
    team: 'T0',
    channel: null,
    action: 'app_home_opened',
    alertId: null,
    responseUrl: null,
  });
  for (const tab of ['messages', undefined, ...MALFORMED]) {
    expect(parseGesture(event({ ...opened, tab }))).toBeNull();
  }
  expect(isEventToIgnore(event({ ...opened, tab: 'messages' }))).toBe(true);
});

const mention = {
  type: 'app_mention',
  team: 'T0OTHER',
  channel: 'C0',
  ts: '1.1',
  text: '<@U0BOT> acme.example',
};

test('reads who mentioned the bot, where, and with which words', () => {
  expect(parseGesture(event({ ...mention, thread_ts: '1764450000.000100' }))).toEqual({
    kind: 'mention',
    user: USER,
    team: 'T0OTHER',
    channel: 'C0',
    action: 'app_mention',
    alertId: null,
    responseUrl: null,
    text: '<@U0BOT> acme.example',
    threadTs: '1764450000.000100',
    eventId: 'Ev1',
  });
  expect(parseGesture(event({ ...mention, text: 'x'.repeat(100_000) }))).toMatchObject({
    text: 'x'.repeat(4_000),
    threadTs: null,
  });
});

test.each([
  { channel: '<!channel>' },
  { channel: undefined },
  { user: undefined },
  { user: 'not an id' },
  { type: 'message' },
  { bot_id: 'B0OTHER' },
])('drops a mention with %j', (malformed) => {
  expect(parseGesture(event({ ...mention, ...malformed }))).toBeNull();
});

test('drops a mention that Slack could deliver twice without being recognized', () => {
  for (const event_id of MALFORMED.filter((id) => id !== '__proto__' && id !== '\0\ud800')) {
    expect(parseGesture({ ...event(mention), event_id })).toBeNull();
  }
});

test('a mention by a bot is nothing to warn of', () => {
  expect(isEventToIgnore(event({ ...mention, bot_id: 'B0OTHER' }))).toBe(true);
  expect(isEventToIgnore(event(mention))).toBe(false);
});

const onMessage = (message: unknown) =>
  parseGesture({ ...bodyOf({ kind: 'shortcut', id: ids.companiesIn }), message });

test('reads a shortcut, and the message that it was used on', () => {
  expect(parseGesture(bodyOf({ kind: 'shortcut', id: ids.lookUp }))).toMatchObject({
    kind: 'shortcut',
    action: ids.lookUp,
    triggerId: 'trigger',
    channel: null,
    responseUrl: null,
    text: '',
  });
  expect(onMessage({ text: 'See <http://acme.example|acme.example>' })).toMatchObject({
    kind: 'shortcut',
    action: ids.companiesIn,
    channel: 'C0',
    responseUrl: 'https://hooks.slack.com/x',
    text: 'See <http://acme.example|acme.example>',
  });
});

test('reads a shortcut of another app’s name as no gesture', () => {
  expect(
    parseGesture({ ...bodyOf({ kind: 'shortcut', id: ids.lookUp }), callback_id: 'x' }),
  ).toBeNull();
});

test.each([
  [{ text: 'a', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'b' } }] }, 'a\nb'],
  [
    {
      text: '',
      blocks: [
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_section',
              elements: [
                { type: 'text', text: 'See ' },
                { type: 'link', url: 'https://acme.example' },
              ],
            },
          ],
        },
      ],
    },
    '\nSee \nhttps://acme.example',
  ],
  // A preview of a link is not what someone wrote.
  [{ text: 'a', attachments: [{ text: 'b' }] }, 'a'],
  [{ text: '', attachments: [{ fallback: 'b' }] }, '\nb'],
  [{ text: 'a\0\ud800' }, 'a'],
  [{ text: 'x'.repeat(100_000) }, 'x'.repeat(10_000)],
  [{ text: '', blocks: Array.from({ length: 100_000 }, () => ({ text: '' })) }, /^\n{1,5000}$/],
])('reads the text of a message, case %#', (message, text) => {
  expect(onMessage(message)).toMatchObject({
    text: text instanceof RegExp ? expect.stringMatching(text) : text,
  });
});

test('a message that cannot be read has no text', () => {
  for (const message of MALFORMED) {
    for (const odd of [message, { text: message }, { blocks: message }, { attachments: message }]) {
      expect(onMessage(odd)).toMatchObject({ kind: 'shortcut', user: USER });
    }
  }
});

test.each([
  [{ value: ' acme.example ' }, 'acme.example'],
  [{ value: null }, ''],
  [{ value: 7 }, null],
])('reads from the look-up input %j the text %j', (held, lookUpText) => {
  const values = { [ids.lookUpText]: { [ids.lookUpText]: held } };
  expect(submitted(ids.lookUpModal, values)).toMatchObject({ lookUpText });
});
