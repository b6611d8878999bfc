import { expect, test } from 'vitest';
import { z } from 'zod';
import { accessDenied } from '../../blocks/access-denied.ts';
import { ids } from '../../blocks/ids.ts';
import type { DenialReason } from '../../src/core/access.ts';
import {
  ALERT,
  bodyOf,
  HOME,
  homeBodyOf,
  LISTS,
  registrations,
  SETTINGS,
  stage,
  USER,
  who,
} from './stage.ts';

const REGISTERED = registrations();
/** Forms about an alert. */
const FORMS: readonly string[] = [
  ids.contactModal,
  ids.handOverModal,
  ids.snoozeModal,
  ids.notAFitModal,
  ids.outcomeModal,
  ids.noteModal,
];

test('the tests below cover every button, menu, modal, command, shortcut and event', () => {
  const { claim, release, contact, details, open, more, share, pick, pickWhy, openCompany, crm } =
    ids;
  const { handOver, snooze, notAFit, outcome, note, undo, pass, keep, giveBack } = ids;
  const actions = [
    ...[claim, release, contact, details, open, more, share, pick, pickWhy, openCompany, crm],
    ...[handOver, snooze, notAFit, outcome, note, undo, pass, keep, giveBack],
    ...LISTS,
    ...SETTINGS,
    ...HOME,
  ];
  expect(REGISTERED.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(
    [
      ...actions.map((id) => `action ${id}`),
      ...[...FORMS, ids.shareModal, ids.lookUpModal].map((id) => `view ${id}`),
      'command /lead',
      'event app_home_opened',
      'event app_mention',
      `shortcut ${ids.lookUp}`,
      `shortcut ${ids.companiesIn}`,
    ].sort(),
  );
});

// Slack opens the link itself, and the form to look up a company needs no data.
const WITH_WORK = REGISTERED.filter(({ id }) => id !== ids.crm && id !== ids.lookUp);
/** What names no alert. */
const ABOUT_NONE: readonly string[] = [
  ...[...LISTS, ...SETTINGS, ...HOME, ids.shareModal, ids.lookUpModal, ids.lookUp],
  ids.companiesIn,
  ...['/lead', 'app_mention', 'app_home_opened'],
];

test.each(WITH_WORK)('$kind $id does its work for a user with access', async (one) => {
  const { send, order, refused } = stage(null);
  await send(bodyOf(one)).catch(() => {});
  const work = order.filter((step) => !['ack', 'checked', 'show'].includes(step));
  expect(work).toHaveLength(1);
  expect(order.indexOf('checked')).toBeLessThan(order.indexOf(work[0] ?? ''));
  expect(refused).toEqual([]);
});

/** Answered in a message or a modal. A Home tab says by itself who may not see it. */
const ANSWERED = REGISTERED.filter(({ id }) => id !== 'app_home_opened');

const DENIED: readonly DenialReason[] = [
  'guest',
  'deactivated',
  'not-in-channel',
  'external',
  'bot',
];

test.each(ANSWERED.flatMap((one) => DENIED.map((why) => ({ ...one, why }))))(
  '$kind $id reads and does nothing for a user without access ($why), says why, and records it',
  async ({ why, ...one }) => {
    const { send, order, refused, shown } = stage(why);
    await send(bodyOf(one));
    expect(order.filter((step) => !['ack', 'checked', 'show'].includes(step))).toEqual([]);
    expect(shown).toEqual([expect.stringContaining(accessDenied(why).text)]);
    expect(shown[0]).not.toContain(ALERT);
    expect(refused).toEqual([
      {
        user: USER,
        team: 'T0OTHER',
        channel: one.kind === 'view' || one.id === ids.lookUp ? null : 'C0',
        action: one.id,
        why,
        alertId: ABOUT_NONE.includes(one.id) ? null : ALERT,
      },
    ]);
  },
);

test.each(DENIED)(
  'has a Home tab without leads drawn for a user without access (%s)',
  async (why) => {
    const { send, order, refused, shown } = stage(why);
    await send(bodyOf({ kind: 'event', id: 'app_home_opened' }));
    expect(order).toEqual(['ack', 'checked', 'openHome']);
    expect(shown).toEqual([]);
    expect(refused).toMatchObject([{ user: USER, action: 'app_home_opened', channel: null, why }]);
  },
);

test('says in a modal why a button on Home does nothing, and has Home drawn again', async () => {
  const { send, order, shown } = stage('not-in-channel');
  await send(homeBodyOf(ids.claim));
  expect(order.sort()).toEqual(['ack', 'checked', 'openHome', 'show']);
  expect(shown).toEqual([expect.stringContaining('"type":"modal"')]);
  expect(shown.join()).toContain(accessDenied('not-in-channel').text);
});

test('sends a direct message where no modal can be opened any more', async () => {
  const openModal = () => Promise.reject(new Error('expired_trigger_id'));
  const homes = { open: async () => {} };
  const { send, shown } = stage('guest', undefined, undefined, { surface: { openModal }, homes });
  await send(homeBodyOf(ids.claim));
  expect(shown).toEqual([expect.not.stringContaining('"type":"modal"')]);
  expect(shown.join()).toContain(accessDenied('guest').text);
});

test.each(REGISTERED.filter(({ kind }) => kind !== 'view'))(
  '$kind $id is acknowledged once, before the access check',
  async (one) => {
    const { send, order } = stage(null);
    await send(bodyOf(one)).catch(() => {});
    expect(order.slice(0, 2)).toEqual(['ack', 'checked']);
    expect(order.filter((step) => step === 'ack')).toHaveLength(1);
  },
);

test('keeps a form open, with an error, when the access check is not possible', async () => {
  const { send, order, shown, refused } = stage('unchecked');
  await send(bodyOf({ kind: 'view', id: ids.contactModal }));
  expect(order).toEqual(['checked', 'ack']);
  expect(shown).toEqual([
    JSON.stringify({
      response_action: 'errors',
      errors: { [ids.contactMethod]: accessDenied('unchecked').text },
    }),
  ]);
  expect(refused).toMatchObject([{ why: 'unchecked', alertId: ALERT }]);
});

test.each([
  ['a message shortcut', { type: 'message_action', callback_id: 'x', user: who, channel: {} }],
  ['an event', { type: 'event_callback', event: { type: 'message', user: USER } }],
  ['a bot’s mention', { ...bodyOf({ kind: 'event', id: 'app_mention' }), event: { bot_id: 'B0' } }],
  ['a request for options', { type: 'block_suggestion', action_id: ids.claim, user: who }],
  ['a press without a user', { ...bodyOf({ kind: 'action', id: ids.claim }), user: {} }],
])('%s reaches no listener', async (_, body) => {
  const { send, order, shown } = stage(null);
  await send(body);
  expect(order.filter((step) => step !== 'ack')).toEqual([]);
  expect(shown).toEqual([]);
});

test('still refuses, and logs it, when the refusal cannot be recorded', async () => {
  const { send, order, log, shown } = stage('external', () => Promise.reject(new Error('away')));
  await send(bodyOf({ kind: 'action', id: ids.claim }));
  expect(order).not.toContain('claim');
  expect(shown).toHaveLength(1);
  expect(log.lines.find(({ event }) => event === 'a gesture was refused')).toMatchObject({
    user: USER,
    action: ids.claim,
    reason: 'external',
  });
  expect(log.lines.map(({ event }) => event)).toContain('could not record a refusal');
});

test('keeps a form open that lacks a required field, and says which', async () => {
  const { send, order, shown } = stage(null);
  const body = bodyOf({ kind: 'view', id: ids.contactModal });
  const view = { ...z.looseObject({}).parse(body['view']), state: { values: {} } };
  await send({ ...body, view });
  expect(order).toEqual(['checked', 'ack']);
  expect(shown.join()).toContain('Choose how you reached out.');
});

const ENTERPRISE = { reach: ['C0ENTERPRISE'] };

/** Gestures that name an alert. The others name companies or lists. */
const ON_ALERTS = WITH_WORK.filter(
  ({ id }) => FORMS.includes(id) || (/^(?:alert|rollup)\./.test(id) && !LISTS.has(id)),
);

test.each(ON_ALERTS)(
  '$kind $id does nothing for a member of another channel, says why, and records it',
  async (one) => {
    const { send, order, refused, shown } = stage(null, undefined, undefined, {
      ...ENTERPRISE,
      holds: false,
    });
    await send(bodyOf(one));
    expect(order.filter((step) => !['ack', 'checked', 'show'].includes(step))).toEqual([]);
    expect(shown).toEqual([expect.stringContaining('belongs to another channel')]);
    expect(refused).toMatchObject([{ action: one.id, why: 'other-channel', alertId: ALERT }]);
  },
);

test.each(WITH_WORK)("$kind $id does its work for a member of the card's channel", async (one) => {
  const { send, order, refused } = stage(null, undefined, undefined, ENTERPRISE);
  await send(bodyOf(one)).catch(() => {});
  expect(order.filter((step) => !['ack', 'checked', 'show'].includes(step))).toHaveLength(1);
  expect(refused).toEqual([]);
});

test('refuses a member of another channel whose value is an alert id only once it is cleaned', async () => {
  const { send, order } = stage(null, undefined, undefined, { ...ENTERPRISE, holds: false });
  const body = z.looseObject({}).parse(bodyOf({ kind: 'action', id: ids.claim }));
  const value = `${ALERT}\0`;
  await send({
    ...body,
    actions: [{ type: 'button', block_id: 'b', action_id: ids.claim, value }],
  });
  expect(order).not.toContain('claim');
});

test('keeps the digest, which covers all companies, from a member of one card channel', async () => {
  const { send, order, shown } = stage(null, undefined, undefined, ENTERPRISE);
  await send({ ...bodyOf({ kind: 'command', id: '/lead' }), text: 'digest' }).catch(() => {});
  expect(order).not.toContain('previewDigest');
  expect(shown.join()).not.toContain('Guests');
});
