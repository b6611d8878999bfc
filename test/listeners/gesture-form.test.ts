import { expect, test } from 'vitest';
import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import type { GestureResult } from '../../src/core/alert.ts';
import type { Alerts } from '../../src/core/ports.ts';
import { writeMetadata } from '../../src/listeners/modal-metadata.ts';
import { NOW, picture } from '../blocks/samples.ts';
import { ALERT, bodyOf, stage, UNDO, USER } from './stage.ts';

const loose = z.looseObject({});

/** A submitted form with other fields of its view than `bodyOf` has. */
function submission(modal: string, view: object = {}): Record<string, unknown> {
  const body = loose.parse(bodyOf({ kind: 'view', id: modal }));
  return { ...body, view: { ...loose.parse(body['view']), ...view } };
}

const filled = (values: object) => ({ state: { values } });
const typed = (id: string, value: string) => ({ [id]: { [id]: { value } } });

const BY_EMAIL = {
  [ids.contactMethod]: { [ids.contactMethod]: { selected_option: { value: 'email' } } },
};

const DONE: GestureResult = {
  ok: true,
  picture: picture({ undo: { id: UNDO, kind: 'snoozed', actor: USER, at: NOW } }),
};
const refusedAs = (why: 'past' | 'not-yours'): GestureResult => ({
  ok: false,
  refusal:
    why === 'past' ? { why, picture: picture() } : { why, owner: 'U0OWNER', picture: picture() },
});

/** Every gesture records its arguments and gives this result. */
function recording(result: GestureResult = DONE) {
  const calls: unknown[][] = [];
  const gesture =
    (name: string) =>
    async (...args: unknown[]): Promise<GestureResult> => {
      calls.push([name, ...args]);
      return result;
    };
  const alerts: Partial<Alerts> = {
    release: gesture('release'),
    contact: gesture('contact'),
    handOver: gesture('handOver'),
    outcome: gesture('outcome'),
    snooze: gesture('snooze'),
    notAFit: gesture('notAFit'),
    addNote: gesture('addNote'),
    undo: gesture('undo'),
  };
  return { calls, alerts };
}

const MANAGER = { isManager: true };

test.each([
  [ids.contactModal, ['contact', 'email', '', MANAGER]],
  [ids.handOverModal, ['handOver', 'U0BO', 'Call them', MANAGER]],
  // Nine in the morning in Tokyo.
  [ids.snoozeModal, ['snooze', new Date('2026-03-09T00:00:00Z'), MANAGER]],
  [ids.notAFitModal, ['notAFit', 'partner', 'Call them', 7_776_000_000, MANAGER]],
  [
    ids.outcomeModal,
    ['outcome', 'not-now', new Date('2026-03-09T00:00:00Z'), 'Call them', MANAGER],
  ],
  [ids.noteModal, ['addNote', 'Call them']],
])('%s asks the database for what was filled in, with the rights of its user', async (id, call) => {
  const { calls, alerts } = recording();
  const accessCheck = { timeZoneOf: () => 'Asia/Tokyo' };
  const { send } = stage(null, undefined, undefined, { alerts, accessCheck, managers: [USER] });
  await send(submission(id));
  const [name, ...args] = call;
  expect(calls).toEqual([[name, ALERT, USER, ...args]]);
});

test('the form of not a fit says for how long QUIET_AFTER_NOT_A_FIT closes a lead', async () => {
  const { send, shown } = stage(null, undefined, undefined, {
    alerts: { find: async () => picture() },
  });
  await send(bodyOf({ kind: 'action', id: ids.notAFit }));
  expect(shown.at(-1)).toContain('It may return after 90 days, or earlier');
});

test('without a known time zone of the user, nine is nine in TIMEZONE', async () => {
  const { calls, alerts } = recording();
  const { send } = stage(null, undefined, undefined, { alerts });
  await send(submission(ids.snoozeModal));
  expect(calls).toMatchObject([
    ['snooze', ALERT, USER, new Date('2026-03-09T09:00:00Z'), { isManager: false }],
  ]);
});

test.each([
  ['without a method', ids.contactModal, {}, ids.contactMethod],
  ['without a person', ids.handOverModal, {}, ids.handOverTo],
  ['without a time', ids.snoozeModal, {}, ids.snoozeUntil],
  ['without a reason', ids.notAFitModal, {}, ids.notAFitReason],
  ['without an outcome', ids.outcomeModal, {}, ids.outcomeKind],
  ['with a blank note', ids.noteModal, typed(ids.gestureNote, ' \n '), ids.gestureNote],
  ['with a long note', ids.noteModal, typed(ids.gestureNote, 'x'.repeat(3_001)), ids.gestureNote],
  [
    'with a long note for the card',
    ids.contactModal,
    { ...typed(ids.contactNote, 'x'.repeat(1_001)), ...BY_EMAIL },
    ids.contactNote,
  ],
  ['with an odd note', ids.noteModal, { [ids.gestureNote]: 7 }, ids.gestureNote],
])('a form %s stays open and says what is wrong', async (_, id, values, input) => {
  const { calls, alerts } = recording();
  const { send, shown } = stage(null, undefined, undefined, { alerts });
  await send(submission(id, filled(values)));
  expect(calls).toEqual([]);
  expect(shown.map((one) => JSON.parse(one))).toEqual([
    { response_action: 'errors', errors: { [input]: expect.any(String) } },
  ]);
});

test('keeps a form that could not be saved, and what was typed', async () => {
  const { send, shown } = stage(null);
  await send(submission(ids.notAFitModal));
  expect(shown[0]).toContain('"response_action":"errors"');
  expect(shown[0]).toContain('could not be saved');
});

test('shows the note of a form that could not be saved if there is no input to show an error on', async () => {
  const { send, shown } = stage(null);
  await send(submission(ids.notAFitModal, { blocks: [] }));
  expect(shown[0]).toContain('"response_action":"update"');
  expect(shown[0]).toContain('Call them');
});

/** Submits a form that the database answers only once the bot has shown that it is still saving. */
async function submittedSlowly(modal: string, result: GestureResult, values?: object) {
  let show = () => {};
  const saving = new Promise<void>((resolve) => {
    show = resolve;
  });
  const late = () => saving.then(() => result);
  const timeZoneOf = () => 'UTC';
  const alerts = { snooze: late, addNote: late, notAFit: late, handOver: late };
  const decide = async (user: string) => {
    if (user === USER) return { reach: 'everything' as const };
    await saving;
    return { why: 'deactivated' as const };
  };
  const { app, shown } = stage(null, undefined, undefined, {
    alerts,
    accessCheck: { decide, timeZoneOf },
  });
  const acknowledged: unknown[] = [];
  await app.processEvent({
    body: submission(modal, values),
    ack: async (response) => {
      acknowledged.push(response);
      show();
    },
  });
  expect(JSON.stringify(acknowledged)).toContain('Loading');
  return shown[0] ?? '';
}

test.each([
  ['Saved', DONE],
  ['in the past', refusedAs('past')],
  ['claimed by', refusedAs('not-yours')],
])('shows in the modal what the database says late: %s', async (text, result) => {
  expect(await submittedSlowly(ids.snoozeModal, result)).toContain(text);
});

test.each([
  ['a refusal', ids.notAFitModal, refusedAs('not-yours'), 'claimed by'],
  ['what is wrong with another input', ids.handOverModal, DONE, 'account is deactivated'],
])('shows the typed note along with %s that comes late', async (_, id, result, why) => {
  const modal = await submittedSlowly(id, result);
  expect(modal).toContain(why);
  expect(modal).toContain('Call them');
});

test('shows the typed note along with a refusal', async () => {
  const { alerts } = recording(refusedAs('not-yours'));
  const { send, shown } = stage(null, undefined, undefined, { alerts });
  await send(submission(ids.notAFitModal));
  expect(shown[0]).toContain('claimed by');
  expect(shown[0]).toContain('Call them');
});

/** Where a form's confirmation goes. */
async function confirmations(metadata: object, fails = false) {
  const { alerts } = recording();
  const told: string[] = [];
  const to = (where: string | null) => {
    told.push(String(where));
    return fails ? Promise.reject(new Error('expired')) : Promise.resolve();
  };
  const surface = {
    tell: (_user: string, channel: string | null) => to(channel),
    answer: (url: string) => to(url),
  };
  const one = stage(null, undefined, undefined, { alerts, surface });
  const nowhere = { alertId: ALERT, answer: null, below: null, channel: null, isHome: false };
  const whole = { ...nowhere, ...metadata };
  await one.send(submission(ids.snoozeModal, { private_metadata: writeMetadata(whole) }));
  return { told, ...one };
}

const ANSWER = { url: 'https://hooks.slack.com/answer', blockId: 'b' };

test('confirms a form where its button was pressed', async () => {
  expect((await confirmations({ channel: 'C0CARDS' })).told).toEqual(['C0CARDS']);
  expect((await confirmations({ channel: 'C0', answer: ANSWER })).told).toEqual([ANSWER.url]);
  expect((await confirmations({})).told).toEqual(['null']);
});

test('confirms nothing to a user whose gesture was followed by another', async () => {
  const undo = { id: UNDO, kind: 'handed-over', actor: 'U0OTHER', at: NOW };
  const { alerts } = recording({ ok: true, picture: picture({ undo }) });
  const { send, shown } = stage(null, undefined, undefined, { alerts });
  await send(submission(ids.snoozeModal));
  await send(bodyOf({ kind: 'action', id: ids.release }));
  expect(shown.join()).not.toContain(ids.undo);
});

test('says until when the AE is away to whom a lead was handed over', async () => {
  const undo = { id: UNDO, kind: 'handed-over', actor: USER, at: NOW };
  const { alerts } = recording({ ok: true, picture: picture({ undo, owner: 'U0BO' }) });
  const until = new Date('2026-03-09T09:00:00Z');
  const among = async (people: readonly string[]) =>
    people.map((person) => ({ person, until, cover: null }));
  const { send, shown } = stage(null, undefined, undefined, { alerts, absences: { among } });
  await send(submission(ids.handOverModal));
  expect(shown.join()).toMatch(/over to <@U0BO>\. They are away <!date\^1773046800\^until /);
});

test('redraws Details instead of confirming a form that was opened from them', async () => {
  const { told, shown } = await confirmations({ below: 'V0DETAILS' });
  expect(told).toEqual([]);
  expect(shown.join()).toContain(ids.detailsModal);
});

test('a confirmation that fails is logged, and not an incident', async () => {
  const { log } = await confirmations({ channel: 'C0CARDS' }, true);
  const events = log.lines.map(({ event }) => event);
  expect(events).toContain('could not confirm a gesture');
  expect(events).not.toContain('a gesture failed');
});

test('closes a modal that was opened before a deployment', async () => {
  const { calls, alerts } = recording();
  const { send, shown } = stage(null, undefined, undefined, { alerts });
  const old = JSON.stringify({ alertId: ALERT, answer: null, below: null });
  await send(submission(ids.contactModal, { private_metadata: old }));
  expect(calls).toHaveLength(1);
  expect(shown.join()).toContain('Undo');
});

const release = bodyOf({ kind: 'action', id: ids.release });

test.each([
  ['deactivated', true],
  ['not-in-channel', true],
  ['unchecked', false],
] as const)(
  'asks Slack about the owner only after the database refused: %s',
  async (why, isGone) => {
    const { calls, alerts } = recording(refusedAs('not-yours'));
    const asked: string[] = [];
    const accessCheck = {
      decide: async (user: string) => {
        asked.push(user);
        return user === USER ? { reach: 'everything' as const } : { why };
      },
    };
    const { send } = stage(null, undefined, undefined, { alerts, accessCheck });
    await send(release);
    expect(asked).toEqual([USER, 'U0OWNER']);
    const rights = { isManager: false };
    expect(calls).toEqual([
      ['release', ALERT, USER, rights],
      ...(isGone ? [['release', ALERT, USER, { ...rights, goneOwner: 'U0OWNER' }]] : []),
    ]);
  },
);

test('does not ask Slack about an owner who releases a lead', async () => {
  const { alerts } = recording();
  const { send, order } = stage(null, undefined, undefined, { alerts });
  await send(release);
  expect(order.filter((step) => step === 'checked')).toHaveLength(1);
});

test('hands a lead over to a member of another channel only if its card is there', async () => {
  for (const holds of [true, false]) {
    const { calls, alerts } = recording();
    const accessCheck = {
      decide: async (user: string) => ({
        reach: user === USER ? ('everything' as const) : ['C0OTHER'],
      }),
    };
    const { send, shown } = stage(null, undefined, undefined, { alerts, accessCheck, holds });
    await send(submission(ids.handOverModal));
    expect(calls).toHaveLength(holds ? 1 : 0);
    expect(shown.join().includes('aren’t in this lead’s channel')).toBe(!holds);
  }
});

const undo = loose.parse(bodyOf({ kind: 'action', id: ids.undo }));

test.each([
  ['takes the place of a private confirmation', { is_ephemeral: true, channel_id: 'C0' }, true],
  ['takes the place of a direct message', { is_ephemeral: false, channel_id: 'D0' }, true],
  ['leaves a message for everyone', { is_ephemeral: false, channel_id: 'C0' }, false],
])('the answer to Undo %s', async (_, where, replaced) => {
  const { calls, alerts } = recording();
  const answered: string[] = [];
  const surface = {
    replaceAnswer: async () => void answered.push('replaced'),
    answer: async () => void answered.push('told'),
  };
  const { send } = stage(null, undefined, undefined, { alerts, surface });
  await send({ ...undo, container: { type: 'message', ...where } });
  expect(calls).toEqual([['undo', ALERT, USER, UNDO]]);
  expect(answered).toEqual([replaced ? 'replaced' : 'told']);
});

test('Undo in Details redraws them', async () => {
  const { alerts } = recording();
  const { send, shown } = stage(null, undefined, undefined, { alerts });
  await send({ ...undo, response_url: null, view: { id: 'V0', private_metadata: '' } });
  expect(shown).toHaveLength(1);
  expect(shown[0]).toContain(ids.detailsModal);
});

test.each([
  [[USER], true],
  [[], false],
])(
  "with the managers %j, Details offer to hand over another AE's lead: %s",
  async (managers, may) => {
    const claimed = picture({ status: 'claimed', owner: 'U0OWNER', claimedAt: NOW });
    const alerts = { find: async () => claimed };
    const { send, shown } = stage(null, undefined, undefined, { alerts, managers });
    await send(bodyOf({ kind: 'action', id: ids.details }));
    expect(shown.at(-1)?.includes(`"${ids.handOver}"`)).toBe(may);
  },
);
