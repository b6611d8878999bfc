import { expect, test } from 'vitest';
import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import { MALFORMED, spoiled } from './malformed-values.ts';
import { ALERT, bodyOf, registrations, stage, USER, who } from './stage.ts';

const OTHERS: Record<string, unknown>[] = [
  { type: 'view_closed', user: who, view: { id: 'V0', callback_id: ids.contactModal } },
  { type: 'shortcut', callback_id: 'x', user: who, trigger_id: 't' },
  { type: 'message_action', callback_id: 'x', user: who, channel: { id: 'C0' }, message: {} },
  {
    type: 'event_callback',
    team_id: 'T0',
    authorizations: [{ team_id: 'T0', user_id: USER }],
    event: { type: 'message', user: USER, channel: 'C0', text: 'x', item: { channel: 'C0' } },
  },
  { type: 'block_suggestion', action_id: ids.open, block_id: 'b', user: who, value: 'x' },
  { type: 'dialog_submission', callback_id: 'x', user: who, submission: {} },
  { type: 'interactive_message', actions: [{ name: 'x' }], user: who, callback_id: 'x' },
  { type: 'of tomorrow', user: who },
];

test('fault-50 acknowledges every malformed payload once, and never throws', async () => {
  const { send, order, log } = stage(null);
  let sent = 0;
  // One per kind of payload.
  const shapes = [
    ...['/lead', ids.claim, ids.more, ids.nextPage, ids.contactModal],
    ...['app_home_opened', 'app_mention', ids.companiesIn],
  ];
  const bodies = registrations().filter(({ id }) => shapes.includes(id));
  for (const body of [...bodies.map(bodyOf), ...OTHERS]) {
    for (const odd of spoiled(body)) {
      order.length = 0;
      await send(odd);
      sent += 1;
      expect(order.filter((step) => step === 'ack')).toHaveLength(1);
    }
  }
  expect(sent).toBeGreaterThan(3_000);
  expect(log.lines.filter(({ event }) => /^could not (?:handle|acknowledge)/.test(event))).toEqual(
    [],
  );
  await send(bodyOf({ kind: 'action', id: ids.claim }));
  expect(order).toContain('claim');
});

test('acknowledges a body that is not an object, and does nothing else', async () => {
  const { app, order, log } = stage(null);
  const ack = async () => void order.push('ack');
  for (const body of MALFORMED) {
    await app.processEvent(Object.assign({ body: {}, ack }, { body }));
  }
  expect(order).toEqual(MALFORMED.map(() => 'ack'));
  expect(log.lines.map(({ event }) => event)).toEqual(
    MALFORMED.map(() => 'ignored a payload that is not a gesture'),
  );
});

test('survives an acknowledgement that fails', async () => {
  const { app, log } = stage(null);
  const ack = () => Promise.reject(new Error('no connection'));
  await app.processEvent({ body: { type: 'of tomorrow' }, ack });
  await app.processEvent({ body: bodyOf({ kind: 'action', id: ids.claim }), ack });
  await app.processEvent({ body: bodyOf({ kind: 'view', id: ids.contactModal }), ack });
  expect(log.lines.filter(({ level }) => level === 'error')).not.toEqual([]);
});

test.each([
  'http://127.0.0.1:9000/answer',
  'http://hooks.slack.com/commands/1',
  'https://hooks.slack.com.evil.example/commands/1',
  'not a url',
  '',
])('fault-46 answers a command without using the response_url %j', async (url) => {
  const { send, urls, shown, log } = stage(null);
  await send({ ...bodyOf({ kind: 'command', id: '/lead' }), text: 'help', response_url: url });
  expect(urls).toEqual([]);
  expect(shown).toHaveLength(1);
  expect(log.lines.map(({ event }) => event)).toContain(
    "ignored a response_url that is not Slack's",
  );
});

test("answers a press or a refusal without using a response_url that is not Slack's", async () => {
  const press = bodyOf({ kind: 'action', id: ids.claim });
  for (const denialReason of [null, 'guest'] as const) {
    const { send, urls, shown } = stage(denialReason);
    const container = { type: 'message', channel_id: 'C0', is_ephemeral: true };
    const actions = [{ action_id: ids.claim, block_id: 'b', value: 'no id' }];
    await send({ ...press, container, actions, response_url: 'http://127.0.0.1:9000/answer' });
    expect(urls).toEqual([]);
    expect(shown).toHaveLength(1);
  }
});

test.each(['command', 'action'])("answers a %s through Slack's response_url", async (kind) => {
  const { send, urls } = stage(null);
  const url = 'https://hooks.slack.com/commands/T0/1/abc';
  const actions = [{ action_id: ids.claim, block_id: 'b', value: 'no id' }];
  const body = bodyOf({ kind, id: kind === 'command' ? '/lead' : ids.claim });
  await send({
    ...body,
    ...(kind === 'command' ? { text: 'help' } : { actions }),
    response_url: url,
  });
  expect(urls).toEqual([url]);
});

test.each([
  '__proto__:x',
  `__proto__:${ALERT}`,
  `constructor:${ALERT}`,
  `toString:${ALERT}`,
  `${ids.more}:${ALERT}`,
  `${ids.claim}:`,
  ids.claim,
  ':',
  '',
  'x'.repeat(3_000),
  null,
  1,
  {},
])('fault-46 reports no such alert for the menu value %j', async (value) => {
  const { send, order, shown, log } = stage(null);
  const actions = [{ action_id: ids.more, block_id: 'b', selected_option: { value } }];
  await send({ ...bodyOf({ kind: 'action', id: ids.more }), actions });
  expect(order).toEqual(['ack', 'checked', 'show']);
  expect(shown.join()).toContain('no longer exists');
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a link in the menu of a card is followed without a word', async () => {
  const { send, order } = stage(null);
  const value = `${ids.crm}:${ALERT}`;
  const actions = [{ action_id: ids.more, block_id: 'b', selected_option: { value } }];
  await send({ ...bodyOf({ kind: 'action', id: ids.more }), actions });
  expect(order).toEqual(['ack', 'checked']);
});

test.each([ids.muteMenu, ids.setting])(
  'does nothing, and says nothing, for a made-up value of %s',
  async (id) => {
    for (const value of [
      'warning',
      'warning:off',
      '__proto__:on',
      'x'.repeat(3_000),
      null,
      7,
      {},
    ]) {
      const { send, order, log } = stage(null);
      const actions = [{ action_id: id, block_id: 'b', value, selected_option: { value } }];
      await send({ ...bodyOf({ kind: 'action', id }), actions });
      expect(order).toEqual(['ack', 'checked']);
      expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    }
  },
);

test.each([
  ids.claim,
  ids.release,
  ids.contact,
  ids.details,
  ids.open,
  ids.nextPage,
  ids.shareList,
])('reports no such alert or list for a made-up value of %s', async (id) => {
  for (const value of ['x'.repeat(3_000), 'hot:9999999', null, 7, [], { $ne: null }]) {
    const { send, shown, log } = stage(null);
    const actions = [{ action_id: id, block_id: 'b', value }];
    await send({ ...bodyOf({ kind: 'action', id }), actions });
    expect(shown.join()).toContain('no longer exists');
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  }
});

const form = (note: unknown, method: unknown = { selected_option: { value: 'email' } }) => {
  const body = bodyOf({ kind: 'view', id: ids.contactModal });
  const values = {
    [ids.contactMethod]: { [ids.contactMethod]: method },
    [ids.contactNote]: note,
  };
  return { ...body, view: { ...z.looseObject({}).parse(body['view']), state: { values } } };
};
const withNote = (value: unknown) => ({ [ids.contactNote]: { value } });

test.each<[string, unknown, string, string]>([
  ['a note of 100 kB', withNote('x'.repeat(100_000)), ids.contactNote, 'too long'],
  ['a note that is a number', withNote(7), ids.contactNote, 'could not be read'],
  ['a note without its field', {}, ids.contactNote, 'could not be read'],
  ['a list for a note', [1], ids.contactNote, 'could not be read'],
])(
  'fault-46 keeps a form open with %s, and shows an error at the field',
  async (_, note, field, words) => {
    const { send, order, shown } = stage(null);
    await send(form(note));
    expect(order).toEqual(['checked', 'ack']);
    expect(JSON.parse(shown.join())).toEqual({
      response_action: 'errors',
      errors: { [field]: expect.stringContaining(words) },
    });
  },
);

test('keeps a form open without a readable method, and asks for one', async () => {
  const { send, order, shown } = stage(null);
  for (const odd of MALFORMED) {
    for (const method of [odd, { selected_option: odd }, { selected_option: { value: odd } }]) {
      await send(form(undefined, method));
    }
  }
  expect(order.filter((step) => step === 'contact')).toEqual([]);
  expect(shown).toHaveLength(3 * MALFORMED.length);
  expect(shown.every((one) => one.includes('Choose how you reached out.'))).toBe(true);
});

test('keeps a form open, with what was typed, when the database fails', async () => {
  const { send, order, shown } = stage(null);
  await send(form(withNote('Ask for Sarah.')));
  expect(order).toEqual(['checked', 'contact', 'ack', 'show']);
  expect(shown[0]).toContain('This could not be saved. Try again in a minute.');
});

test('does not close an unreadable form as if it had been saved', async () => {
  const { send, shown } = stage(null);
  await send({ type: 'view_submission', user: who, view: null });
  expect(shown.join()).toContain('nothing was saved');
});

test.each([
  [null, 'failed'],
  ['not-in-channel', 'denied'],
] as const)('counts a press and its acknowledgement: %s, %s', async (denial, outcome) => {
  // This stage has no database, so that what is allowed fails.
  const { send, meter } = stage(denial);
  await send(bodyOf({ kind: 'action', id: ids.claim }));
  expect(meter.lines).toContain(`payloads_total press ${outcome} 1`);
  expect(meter.lines.filter((line) => line.startsWith('payload_ack_seconds press'))).toHaveLength(
    1,
  );
});

test('counts nothing for a payload that is not a gesture', async () => {
  const { send, meter } = stage(null);
  for (const body of OTHERS) await send(body);
  expect(meter.lines).toEqual([]);
});
