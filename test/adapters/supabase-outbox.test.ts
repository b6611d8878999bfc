import { expect, test } from 'vitest';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import { readHealth, resume } from '../../src/adapters/supabase-upkeep.ts';
import type { Outcome } from '../../src/core/message.ts';
import { ALERT_ID } from '../blocks/samples.ts';
import { answering, type Json, pictureRow } from '../support/database-answers.ts';

const ID = '22222222-2222-2222-2222-222222222222';
const TOKEN = '33333333-3333-3333-3333-333333333333';

/** A card to post, as `lead_bot_take` returns it. */
const messageRow = (part: Json = {}): Json => ({
  id: ID,
  token: TOKEN,
  action: 'post',
  kind: 'card',
  channel: 'C0HOT',
  slack_channel: null,
  slack_ts: null,
  thread_ts: null,
  version: 3,
  plain: false,
  attempts: 1,
  refusals: 2,
  attempted_at: null,
  created_at: '2026-03-02T09:00:00Z',
  shown_hash: null,
  payload: {},
  alerts: [{ section: 'alerts', picture: pictureRow() }],
  ...part,
});

const takenFrom = (...work: readonly unknown[]) =>
  supabaseOutbox(answering({ work, next_due_ms: 250 })).take(5, 60_000);

async function deliveryOf(part: Json) {
  const { deliveries, unreadable } = await takenFrom(messageRow(part));
  expect(unreadable).toEqual([]);
  return deliveries[0];
}

test('a take rounds its lease up to whole seconds', async () => {
  const database = answering({ work: [], next_due_ms: null });
  const outbox = supabaseOutbox(database);
  expect(await outbox.take(5, 60_000)).toEqual({
    deliveries: [],
    unreadable: [],
    nextDueMs: null,
  });
  await outbox.take(8, 1_001);
  expect(database.calls).toMatchObject([
    ['lead_bot_take', { p_limit: 5, p_lease_seconds: 60 }],
    ['lead_bot_take', { p_limit: 8, p_lease_seconds: 2 }],
  ]);
});

test('a message comes with everything needed to deliver it', async () => {
  const row = messageRow({
    action: 'look',
    slack_channel: 'C0REAL',
    slack_ts: '50.5',
    thread_ts: '40.4',
    plain: true,
    attempted_at: '2026-03-02T10:00:00Z',
    shown_hash: 'h',
  });
  const { deliveries, nextDueMs } = await takenFrom(row);
  expect(nextDueMs).toBe(250);
  expect(deliveries).toEqual([
    {
      messageId: ID,
      token: TOKEN,
      action: 'look',
      channel: 'C0HOT',
      address: { channel: 'C0REAL', ts: '50.5' },
      threadTs: '40.4',
      version: 3,
      plain: true,
      attempts: 1,
      refusals: 2,
      attemptedAt: new Date('2026-03-02T10:00:00Z'),
      createdAt: new Date('2026-03-02T09:00:00Z'),
      shownHash: 'h',
      content: { kind: 'card', picture: expect.objectContaining({ past: null }) },
    },
  ]);
});

test.each(['post', 'update', 'look', 'recheck'])(
  'a message may come with the action %s',
  async (action) => {
    expect(await deliveryOf({ action })).toMatchObject({ action });
  },
);

test.each([
  [null, null],
  ['C0REAL', null],
  [null, '50.5'],
])('the channel %j and the ts %j make no address', async (slack_channel, slack_ts) => {
  expect(await deliveryOf({ slack_channel, slack_ts })).toMatchObject({ address: null });
});

const AT = '2026-03-02T09:00:00Z';
const named = (name: string) => pictureRow({ account: { name } });
const pictured = (name: string) =>
  expect.objectContaining({ account: expect.objectContaining({ name }) });

test.each(['first-run', 'storm'])('a %s roll-up keeps the order of its alerts', async (reason) => {
  const row = {
    kind: 'rollup',
    payload: { reason, made_at: AT, total: 12 },
    alerts: [
      { section: 'alerts', picture: named('A') },
      { section: 'alerts', picture: named('B') },
    ],
  };
  expect((await deliveryOf(row))?.content).toEqual({
    kind: 'rollup',
    rollup: {
      id: expect.any(String),
      reason,
      madeAt: new Date(AT),
      total: 12,
      alerts: [pictured('A'), pictured('B')],
    },
  });
});

const DIGEST = {
  kind: 'digest',
  payload: {
    local_date: '2026-03-02',
    made_at: AT,
    since: '2026-03-01T09:00:00Z',
    counts: { unclaimed: 1, claimed: 2, contacted: 3, cooled: 4, opened: 5 },
  },
  alerts: [],
};

test('a digest has each alert in its section, and is of the moment when it was last drawn', async () => {
  const left = { contacted: 3, 'not-a-fit': 6, snoozed: 7, cooled: 4 };
  const sections = [
    'cooled',
    'snoozed',
    'not-a-fit',
    'contacted',
    'claimed',
    'unclaimed',
    'merged',
  ];
  const row = {
    ...DIGEST,
    payload: {
      ...DIGEST.payload,
      as_of: '2026-03-02T10:00:00Z',
      previous: ID,
      counts: { unclaimed: 1, claimed: 2, opened: 5, ...left },
      changes: { before: 20, opened: 5, back: 1, merged: 2, erased: 1, ...left },
      outcomes: { won: 1 },
    },
    alerts: sections.map((section) => ({ section, picture: named(section) })),
  };
  const expected = { contacted: 3, notAFit: 6, snoozed: 7, cooled: 4 };
  expect((await deliveryOf(row))?.content).toEqual({
    kind: 'digest',
    digest: {
      id: expect.any(String),
      localDate: '2026-03-02',
      asOf: new Date('2026-03-02T10:00:00Z'),
      since: new Date('2026-03-01T09:00:00Z'),
      counts: { unclaimed: 1, claimed: 2, ...expected },
      changes: { before: 20, opened: 5, back: 1, merged: 2, erased: 1, ...expected },
      outcomes: { won: 1 },
      unclaimed: [pictured('unclaimed')],
      claimed: [pictured('claimed')],
      contacted: [pictured('contacted')],
      notAFit: [pictured('not-a-fit')],
      snoozed: [pictured('snoozed')],
      cooled: [pictured('cooled')],
      week: null,
    },
  });
});

test('reads a digest that an older version made', async () => {
  expect((await deliveryOf(DIGEST))?.content).toMatchObject({
    digest: {
      asOf: new Date(AT),
      counts: { unclaimed: 1, claimed: 2, contacted: 3, notAFit: 0, snoozed: 0, cooled: 4 },
      changes: { before: null, opened: 5, back: 0, contacted: 3, cooled: 4 },
      outcomes: {},
    },
  });
});

test('a notice says who joined, with the score if any', async () => {
  const payload = { kind: 'joined', who: 'Grace', score: null };
  expect((await deliveryOf({ kind: 'notice', payload, alerts: [] }))?.content).toEqual({
    kind: 'notice',
    notice: { ...payload, others: 0 },
  });
  const many = { ...payload, others: 37 };
  expect((await deliveryOf({ kind: 'notice', payload: many, alerts: [] }))?.content).toMatchObject({
    notice: { others: 37 },
  });
});

test.each([
  [7, 7],
  [0, 0],
  [null, undefined],
  ['soon', undefined],
])('a redraw says how long ago the gesture was (%j ms)', async (gesture_ms, expected) => {
  const delivery = await deliveryOf({ gesture_ms });
  expect(delivery).toBeDefined();
  expect(delivery?.gestureMs).toBe(expected);
});

const MOVED = { meant_for: 'C0EAST', refused: 'is_archived' };
const DETOUR = { meantFor: 'C0EAST', reason: 'is_archived' };

test('a card and a roll-up say which channel refused them', async () => {
  expect((await deliveryOf({ payload: MOVED }))?.content).toMatchObject({ detour: DETOUR });
  expect((await deliveryOf({}))?.content).not.toHaveProperty('detour');
  const rollup = { kind: 'rollup', payload: { reason: 'storm', made_at: AT, total: 1, ...MOVED } };
  expect((await deliveryOf(rollup))?.content).toMatchObject({ kind: 'rollup', detour: DETOUR });
});

const NOTICE = { kind: 'joined', who: 'Grace', score: null };

test('a card says what it replaces, and a notice where its alert continues', async () => {
  const address = { channel: 'C0HOT', ts: '50.5' };
  expect((await deliveryOf({ replaces: address }))?.content).toMatchObject({ replaces: address });
  const notice = { kind: 'notice', payload: NOTICE, alerts: [] };
  expect((await deliveryOf({ ...notice, continues_at: address }))?.content).toMatchObject({
    elsewhere: address,
  });
  expect((await deliveryOf(notice))?.content).not.toHaveProperty('elsewhere');
});

test('a message that is not wanted any more has no content, whatever its rows are', async () => {
  expect((await deliveryOf({ unwanted: true, alerts: [] }))?.content).toEqual({ kind: 'nothing' });
});

test('a Home tab comes with its user and its pages, and as not idle from older SQL', async () => {
  const payload = { user: 'U0MARIA', pages: { mine: 0, unclaimed: 2 } };
  const home = { kind: 'home', user: 'U0MARIA', pages: payload.pages };
  const contentOf = async (part: Json) =>
    (await deliveryOf({ kind: 'home', payload: { ...payload, ...part }, alerts: [] }))?.content;
  expect(await contentOf({})).toEqual({ ...home, isIdle: false });
  expect(await contentOf({ idle: true })).toEqual({ ...home, isIdle: true });
});

test('a direct message about a lead says why it comes, and until when if that is so', async () => {
  const contentOf = async (payload: Json) =>
    (await deliveryOf({ kind: 'dm', payload: { to: 'U0MARIA', ...payload } }))?.content;
  expect(await contentOf({ kind: 'offer', until: AT })).toEqual({
    kind: 'dm',
    reason: { kind: 'offer', to: 'U0MARIA', until: new Date(AT) },
    picture: pictured('VelocityPay'),
  });
  expect(await contentOf({ kind: 'hand-over', until: null })).toMatchObject({
    reason: { kind: 'hand-over', to: 'U0MARIA' },
  });
});

test('a list has the rows of the sections that it knows, each with its news', async () => {
  const change = { kind: 'rise', from: 81, to: 92 };
  const row = {
    kind: 'dm',
    payload: { kind: 'morning', to: 'U0MARIA', total: 2, news: { [ALERT_ID]: [change] } },
    alerts: [
      { section: 'mine', picture: named('A') },
      { section: 'of-next-year', picture: named('B') },
      { section: 'offers', picture: pictureRow({ alert: { id: ID }, account: { name: 'C' } }) },
    ],
  };
  expect((await deliveryOf(row))?.content).toEqual({
    kind: 'dm-list',
    list: {
      kind: 'morning',
      to: 'U0MARIA',
      total: 2,
      rows: [
        { section: 'mine', picture: pictured('A'), news: [expect.objectContaining(change)] },
        { section: 'offers', picture: pictured('C'), news: [] },
      ],
    },
  });
});

test('a lead that woke by itself was woken by nobody', async () => {
  const payload = { kind: 'woke', by: '', owner: null };
  const woke = { kind: 'notice', payload, alerts: [] };
  expect((await deliveryOf(woke))?.content).toMatchObject({ notice: { by: null } });
  const byBen = { ...woke, payload: { ...payload, by: 'U0BEN' } };
  expect((await deliveryOf(byBen))?.content).toMatchObject({ notice: { by: 'U0BEN' } });
});

test('at most 200 characters of a name stand in a reminder', async () => {
  const payload = { kind: 'reminder', to: null, since: AT, company: 'x'.repeat(500) };
  expect((await deliveryOf({ kind: 'notice', payload, alerts: [] }))?.content).toMatchObject({
    notice: { company: 'x'.repeat(200) },
  });
});

test.each([
  ['a card without its alert', { alerts: [] }, 'alerts: '],
  [
    'a card with two alerts',
    { alerts: Array(2).fill({ section: 'a', picture: pictureRow() }) },
    'alerts: ',
  ],
  [
    'a roll-up without a reason',
    { kind: 'rollup', payload: { made_at: AT, total: 1 } },
    'payload.reason',
  ],
  [
    'a digest without a date',
    { kind: 'digest', payload: { local_date: '2.3.2026' } },
    'payload.local_date',
  ],
  [
    'an unknown notice',
    { kind: 'notice', payload: { kind: 'left', who: 'A', score: 1 } },
    'payload.kind',
  ],
  ['an unknown action', { action: 'burn' }, 'action'],
])(
  'sets aside %s by id and fields, and continues with the next message',
  async (_, part, problem) => {
    const { deliveries, unreadable } = await takenFrom(messageRow(part), messageRow());
    expect(deliveries).toHaveLength(1);
    expect(unreadable).toEqual([
      {
        messageId: ID,
        token: TOKEN,
        refusals: 2,
        problem: expect.stringContaining(problem),
      },
    ]);
  },
);

test('names five wrong fields of a message, without values', async () => {
  const wrong = Object.fromEntries(
    ['channel', 'version', 'plain', 'attempts', 'created_at', 'shown_hash'].map((field) => [
      field,
      { email: 'sam@acme.example' },
    ]),
  );
  const { unreadable } = await takenFrom(messageRow(wrong));
  expect(unreadable[0]?.problem.split(', ')).toHaveLength(5);
  expect(unreadable[0]?.problem).toContain('channel: invalid_type');
  expect(unreadable[0]?.problem).not.toContain('sam@acme.example');
});

test('a message with an invalid refusal count starts from zero', async () => {
  const { unreadable } = await takenFrom(messageRow({ refusals: 'many' }));
  expect(unreadable).toMatchObject([
    { messageId: ID, refusals: 0, problem: 'refusals: invalid_type' },
  ]);
});

const ADDRESS = { channel: 'C0HOT', ts: '100.1' };

test.each<readonly [Outcome, Json]>([
  [
    { kind: 'shown', version: 3, address: ADDRESS, hash: 'h', sent: false },
    { outcome: 'shown', version: 3, hash: 'h', sent: false, ...ADDRESS },
  ],
  [
    { kind: 'found', address: ADDRESS },
    { outcome: 'found', ...ADDRESS },
  ],
  [
    { kind: 'missing', settleMs: 30_500 },
    { outcome: 'missing', after_seconds: 30.5 },
  ],
  [
    { kind: 'rechecked', keep: ADDRESS },
    { outcome: 'rechecked', ...ADDRESS },
  ],
  [{ kind: 'rechecked', keep: null }, { outcome: 'rechecked' }],
  [
    { kind: 'unclear', reason: 'http_503', settleMs: 5_000 },
    { outcome: 'unclear', reason: 'http_503', after_seconds: 5 },
  ],
  [
    { kind: 'later', reason: 'ratelimited', afterMs: 7_000, wholeChannel: true, counts: false },
    {
      outcome: 'later',
      reason: 'ratelimited',
      after_seconds: 7,
      whole_channel: true,
      counts: false,
    },
  ],
  [
    { kind: 'pause', reason: 'token_revoked', everything: true },
    { outcome: 'pause', reason: 'token_revoked', everything: true },
  ],
  [{ kind: 'removed' }, { outcome: 'removed' }],
  [
    { kind: 'blind', reason: 'missing_scope', afterMs: 60_000 },
    { outcome: 'blind', reason: 'missing_scope', after_seconds: 60 },
  ],
  [
    { kind: 'plain', reason: 'invalid_blocks' },
    { outcome: 'plain', reason: 'invalid_blocks' },
  ],
  [
    { kind: 'gone', reason: 'x' },
    { outcome: 'gone', reason: 'x' },
  ],
  [
    { kind: 'dead', reason: 'no_text' },
    { outcome: 'dead', reason: 'no_text' },
  ],
])('records the outcome %o under the lease as %o', async (outcome, p_outcome) => {
  const database = answering(true);
  expect(await supabaseOutbox(database).confirm(ID, TOKEN, outcome)).toBe(true);
  expect(database.calls).toEqual([['lead_bot_confirm', { p_id: ID, p_token: TOKEN, p_outcome }]]);
});

test('maps the health of deliveries', async () => {
  const dead = { kind: 'card', channel: 'C1', reason: null, count: 2 };
  const database = answering({
    open_alerts: 1,
    waiting: 2,
    unclear: 3,
    dead: 4,
    oldest_waiting_seconds: 5,
    dead_reasons: [dead],
    paused: [
      { channel: '*', reason: 'token_revoked', until: AT },
      { channel: 'C2', reason: null, until: null },
    ],
  });
  expect(await readHealth(database)).toEqual({
    openAlerts: 1,
    waiting: 2,
    unclear: 3,
    dead: 4,
    replaced: 0,
    oldestWaitingSeconds: 5,
    deadReasons: [dead],
    paused: [
      { channel: '*', reason: 'token_revoked', until: new Date(AT) },
      { channel: 'C2', reason: null, until: null },
    ],
  });
  expect(database.calls).toEqual([['lead_bot_health', {}]]);
});

test('a start passes both channels and repeats while there is more to resume', async () => {
  const database = answering({ more: true }, { more: false });
  await resume(database, 'C0HOT', 'C0SALES');
  const call = ['lead_bot_resume', { p_alert_channel: 'C0HOT', p_digest_channel: 'C0SALES' }];
  expect(database.calls).toEqual([call, call]);
});
