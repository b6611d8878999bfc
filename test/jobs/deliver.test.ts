import { expect, test } from 'vitest';
import { SHARED, SHARED_ADVICE } from '../../src/core/access.ts';
import type { Delivery, Verdict } from '../../src/core/message.ts';
import type { Messenger } from '../../src/core/ports.ts';
import { picture } from '../blocks/samples.ts';
import { delivery } from '../support/memory-delivery.ts';
import { AT, runningDeliverer, type Scene, SHOWN } from '../support/running-deliverer.ts';

/** Delivers one message. */
async function outcomeOf(message: Partial<Delivery>, scene: Partial<Scene> = {}) {
  const { outbox, messenger, log } = runningDeliverer({ ...scene, messages: [delivery(message)] });
  const [confirmed] = await outbox.afterConfirms(1);
  return { outcome: confirmed?.outcome, calls: messenger.calls, log };
}

const refused = (
  verdict: Verdict,
  call: 'post' | 'update' | 'publishHome' | 'copies' | 'remove' = 'post',
): Partial<Scene> => ({
  slack: {
    [call]: async () => {
      throw new Error('refused');
    },
    judge: () => verdict,
  },
});

test('posts a due message once, and confirms it with its token and address', async () => {
  const { outbox, messenger, stop } = runningDeliverer({ messages: [delivery()] });
  await outbox.afterConfirms(1);
  await stop();
  expect(messenger.calls).toEqual(['post m1 in C0HOT: card']);
  expect(outbox.confirmed).toEqual([{ messageId: 'm1', token: 'token of m1', outcome: SHOWN }]);
});

test('counts deliveries, and measures how long a gesture waited for its card', async () => {
  const messages = [
    delivery({ action: 'update', address: AT, gestureMs: 2_000 }),
    { messageId: 'm9', token: 't9', refusals: 0, problem: 'x' },
  ];
  const { outbox, meter } = runningDeliverer({ messages });
  await outbox.afterConfirms(2);
  expect(meter.lines).toContain('deliveries_total card shown 1');
  expect(meter.lines).toContain('deliveries_total unreadable later 1');
  const [waited = ''] = meter.lines.filter((line) => line.startsWith('gesture_card_seconds'));
  expect(Number(waited.split(' ')[1])).toBeGreaterThanOrEqual(2);
  expect(Number(waited.split(' ')[1])).toBeLessThan(3);
});

test('does not take a failed update for one that shows the gesture', async () => {
  const { outbox, meter } = runningDeliverer({
    messages: [delivery({ action: 'update', address: AT, gestureMs: 2_000 })],
    ...refused({ kind: 'unclear', reason: 'http_500' }, 'update'),
  });
  await outbox.afterConfirms(1);
  expect(meter.lines).toEqual(['deliveries_total card unclear 1']);
});

test('takes with the configured lease', async () => {
  const { outbox } = runningDeliverer({
    messages: [delivery()],
    settings: { leaseMs: 45_000, parallel: 3 },
  });
  await outbox.afterConfirms(1);
  expect(outbox.takes[0]).toEqual({ limit: 3, leaseMs: 45_000 });
});

test("posts a notice into its card's thread", async () => {
  const { calls } = await outcomeOf({
    threadTs: '50.5',
    content: { kind: 'notice', notice: { kind: 'joined', who: 'Sam', score: 88, others: 0 } },
  });
  expect(calls).toEqual(['post m1 in C0HOT under 50.5: notice']);
});

test('updates a message that is already in Slack', async () => {
  const { outcome, calls } = await outcomeOf({ action: 'update', address: AT });
  expect(calls).toEqual(['update C0HOT 50.5: card']);
  expect(outcome).toMatchObject({ kind: 'shown', version: 3, address: AT });
});

const direct: Partial<Delivery> = {
  channel: 'U0ANNA',
  content: { kind: 'dm', reason: { kind: 'offer', to: 'U0ANNA' }, picture: picture() },
};

test.each(['post', 'update'] as const)(
  'draws and sends nothing to a reader who may not see it: %s',
  async (action) => {
    const verdict: Verdict = { kind: 'pause', reason: 'not_admitted', everything: false };
    const { outcome, calls, log } = await outcomeOf(
      { ...direct, action, address: action === 'update' ? AT : null },
      {
        refusalFor: async ({ kind }) => (kind === 'dm' ? verdict : null),
        render: () => {
          throw new Error('drawn');
        },
      },
    );
    expect(outcome).toEqual(verdict);
    expect(calls).toEqual([]);
    expect(await log.next('warn', /not shown/)).toMatchObject({
      kind: 'dm',
      advice: expect.stringContaining('no direct message'),
    });
  },
);

test('removes a direct message whoever its reader is', async () => {
  const { outcome } = await outcomeOf(
    { action: 'remove', address: AT, content: { kind: 'nothing' } },
    { refusalFor: async () => ({ kind: 'dead', reason: 'asked' }) },
  );
  expect(outcome).toEqual({ kind: 'removed' });
});

test('sends plain text when the blocks were refused before', async () => {
  expect((await outcomeOf({ plain: true })).calls).toEqual(['post m1 in C0HOT: plain']);
});

test('after an unclear post, looks for it a few seconds later instead of posting again', async () => {
  const { outcome, calls } = await outcomeOf({}, refused({ kind: 'unclear', reason: 'http_503' }));
  expect(outcome).toEqual({ kind: 'unclear', reason: 'http_503', settleMs: 5_000 });
  expect(calls).toHaveLength(1);
});

test.each([
  [1, 1_000],
  [2, 2_000],
  [5, 16_000],
  [40, 60_000],
])('repeats an unclear update, try %i, after %i ms', async (attempts, settleMs) => {
  const unclear: Verdict = { kind: 'unclear', reason: 'TimeoutError' };
  const message = { action: 'update', address: AT, attempts } as const;
  const { outcome } = await outcomeOf(message, refused(unclear, 'update'));
  expect(outcome).toEqual({ ...unclear, settleMs });
});

const homeTab: Partial<Delivery> = {
  action: 'update',
  channel: 'home',
  address: { channel: 'U0ANNA', ts: 'home' },
  content: { kind: 'home', user: 'U0ANNA', pages: { mine: 0, unclaimed: 0 }, isIdle: false },
};

test('publishes a Home tab instead of updating a message', async () => {
  const { outcome, calls } = await outcomeOf(homeTab);
  expect(outcome).toMatchObject({ kind: 'shown', version: 3, address: homeTab.address });
  expect(calls).toEqual(['publish the Home tab of U0ANNA: home']);
});

test('publishes a Home tab again after an unclear outcome, without looking for it', async () => {
  const unclear: Verdict = { kind: 'unclear', reason: 'http_503' };
  const { outcome, calls } = await outcomeOf(homeTab, refused(unclear, 'publishHome'));
  expect(outcome).toEqual({ ...unclear, settleMs: 1_000 });
  expect(calls).toHaveLength(1);
});

test('says in the log how to turn on the Home tab', async () => {
  const off: Verdict = { kind: 'dead', reason: 'not_enabled' };
  const { outcome, log } = await outcomeOf(homeTab, refused(off, 'publishHome'));
  expect(outcome).toEqual(off);
  expect(await log.next('warn', /not shown/)).toMatchObject({
    advice: expect.stringContaining('App Home'),
  });
});

test('a look that finds the post adopts it and posts nothing', async () => {
  const { outcome, calls } = await outcomeOf(
    { action: 'look' },
    { slack: { copies: async () => [AT] } },
  );
  expect(outcome).toEqual({ kind: 'found', address: AT });
  expect(calls).toEqual(['look for m1 in C0HOT']);
});

test('a look that finds nothing reports it missing and posts nothing', async () => {
  const { outcome, calls } = await outcomeOf({ action: 'look' });
  expect(outcome).toEqual({ kind: 'missing', settleMs: 30_000 });
  expect(calls).toEqual(['look for m1 in C0HOT']);
});

test("looks from the time of the first attempt, in the notice's thread", async () => {
  const asked: unknown[] = [];
  const attemptedAt = new Date('2026-03-02T12:00:00Z');
  await outcomeOf(
    { action: 'look', attemptedAt, threadTs: '50.5' },
    {
      slack: {
        async copies(...args) {
          asked.push(args);
          return [];
        },
      },
    },
  );
  expect(asked).toEqual([['C0HOT', '50.5', 'm1', attemptedAt]]);
});

const copies = [AT, { channel: 'C0HOT', ts: '60.6' }, { channel: 'C0HOT', ts: '70.7' }];

test('keeps the oldest of several copies, and logs each one it deletes', async () => {
  const { outcome, calls, log } = await outcomeOf(
    { action: 'look' },
    { slack: { copies: async () => copies } },
  );
  expect(calls).toEqual(['look for m1 in C0HOT', 'remove C0HOT 60.6', 'remove C0HOT 70.7']);
  expect(outcome).toEqual({ kind: 'found', address: AT });
  expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject(
    Array(2).fill({ messageId: 'm1', channel: 'C0HOT' }),
  );
});

test.each([
  ['a second copy', copies.slice(0, 2), AT, ['remove C0HOT 60.6']],
  ['one copy', [AT], AT, []],
  ['no copy', [], null, []],
])('a recheck that finds %s reports which one stays', async (_, found, keep, removed) => {
  const message = { action: 'recheck', address: { channel: 'C0HOT', ts: '60.6' } } as const;
  const { outcome, calls } = await outcomeOf(message, { slack: { copies: async () => found } });
  expect(calls.slice(1)).toEqual(removed);
  expect(outcome).toEqual({ kind: 'rechecked', keep });
});

test.each([
  [{ kind: 'pause', reason: 'missing_scope', everything: true }, 30_000],
  [{ kind: 'unclear', reason: 'http_500' }, 30_000],
  [
    { kind: 'later', reason: 'ratelimited', afterMs: 7_000, wholeChannel: true, counts: false },
    7_000,
  ],
] as const)('looks again, uncharged, when a look fails: %o', async (verdict, afterMs) => {
  const { outcome, calls, log } = await outcomeOf({ action: 'look' }, refused(verdict, 'copies'));
  expect(log.lines[0]).toMatchObject({
    level: 'error',
    messageId: 'm1',
    channel: 'C0HOT',
    reason: verdict.reason,
  });
  expect(outcome).toEqual({
    kind: 'later',
    reason: `search: ${verdict.reason}`,
    afterMs,
    wholeChannel: false,
    counts: false,
  });
  expect(calls).toEqual(['look for m1 in C0HOT']);
});

test.each([null, '50.5'])(
  "reports `blind` when it can't read the channel because the bot has left (thread %s)",
  async (threadTs) => {
    const verdict: Verdict = { kind: 'pause', reason: 'not_in_channel', everything: false };
    const { outcome } = await outcomeOf({ action: 'look', threadTs }, refused(verdict, 'copies'));
    expect(outcome).toEqual({ kind: 'blind', reason: 'search: not_in_channel', afterMs: 30_000 });
  },
);

test.each([
  ['is already gone', { kind: 'gone', reason: 'message_not_found' }, 'found'],
  ["can't be deleted", { kind: 'dead', reason: 'cant_delete_message' }, 'found'],
  ['can no longer be edited', { kind: 'frozen', reason: 'edit_window_closed' }, 'found'],
  [
    'is refused with an unknown code',
    { kind: 'later', reason: 'new_code', afterMs: 30_000, wholeChannel: false, counts: true },
    'found',
  ],
  ['may have been deleted', { kind: 'unclear', reason: 'http_500' }, 'later'],
  [
    'is rate limited',
    { kind: 'later', reason: 'ratelimited', afterMs: 1_000, wholeChannel: true, counts: false },
    'later',
  ],
] as const)('is not stuck when the second copy %s', async (_, verdict, kind) => {
  const slack: Partial<Messenger> = {
    copies: async () => copies,
    remove: () => Promise.reject(new Error('refused')),
    judge: () => verdict,
  };
  const { outcome, log } = await outcomeOf({ action: 'look' }, { slack });
  expect(outcome?.kind).toBe(kind);
  expect(log.lines.filter(({ reason }) => reason === verdict.reason)).toMatchObject(
    Array(kind === 'found' ? 2 : 1).fill({ messageId: 'm1', channel: 'C0HOT' }),
  );
});

const limited: Verdict = {
  kind: 'later',
  reason: 'ratelimited',
  afterMs: 7_000,
  wholeChannel: true,
  counts: false,
};

test.each([
  ['post', null],
  ['update', AT],
] as const)(
  'a rate limit on a %s is never charged, and waits a little longer than asked',
  async (action, address) => {
    const waits = new Set<number>();
    for (const token of ['a', 'b', 'c']) {
      const message = { action, address, token, attempts: 99, refusals: 4 };
      const { outcome } = await outcomeOf(message, refused(limited, action));
      if (outcome?.kind !== 'later') throw new Error(`it was ${outcome?.kind}`);
      expect(outcome).toEqual({ ...limited, afterMs: outcome.afterMs });
      expect(outcome.afterMs).toBeGreaterThanOrEqual(7_000);
      expect(outcome.afterMs).toBeLessThanOrEqual(8_750);
      waits.add(outcome.afterMs);
    }
    // Jittered, so bots that were limited together don't come back together.
    expect(waits.size).toBe(3);
  },
);

test.each([
  [null, 'dead', 'later'],
  [null, 'gone', 'later'],
  ['50.5', 'dead', 'gone'],
  ['50.5', 'gone', 'gone'],
  ['50.5', 'unclear', 'later'],
] as const)(
  'a look in thread %s judged %s makes the message %s',
  async (threadTs, verdict, kind) => {
    const refusal: Verdict = { kind: verdict, reason: 'thread_not_found' };
    const { outcome } = await outcomeOf({ action: 'look', threadTs }, refused(refusal, 'copies'));
    expect(outcome).toMatchObject({ kind, reason: 'search: thread_not_found' });
  },
);

test('a recheck in a channel that the bot has left gives up after a while, and is not blind', async () => {
  const verdict: Verdict = { kind: 'pause', reason: 'not_in_channel', everything: false };
  const recheck = { action: 'recheck', address: AT } as const;
  const { outcome } = await outcomeOf(recheck, refused(verdict, 'copies'));
  expect(outcome).toMatchObject({ kind: 'later', counts: true, afterMs: 30_000 });
});

test.each([
  ['look', false],
  ['recheck', true],
] as const)('a failed %s counts toward giving up: %s', async (action, counts) => {
  const refusal: Verdict = { kind: 'unclear', reason: 'http_500' };
  const { outcome } = await outcomeOf({ action, address: AT }, refused(refusal, 'copies'));
  expect(outcome).toMatchObject({ kind: 'later', counts });
});

test.each([
  [{ kind: 'plain', reason: 'invalid_blocks' }],
  [{ kind: 'pause', reason: 'not_in_channel', everything: false }],
  [{ kind: 'pause', reason: 'token_revoked', everything: true }],
  [{ kind: 'dead', reason: 'no_text' }],
] as const)('records the refusal %o as judged', async (verdict) => {
  expect((await outcomeOf({}, refused(verdict))).outcome).toEqual(verdict);
});

test.each([
  [{ kind: 'pause', reason: 'not_in_channel', everything: false }, /Invite the bot/],
  [{ kind: 'pause', reason: 'token_revoked', everything: true }, /token/],
  [{ kind: 'pause', reason: SHARED, everything: false }, SHARED_ADVICE],
] as const)('logs advice for the refusal %o', async (verdict, advice) => {
  const { log } = await outcomeOf({}, refused(verdict));
  expect(log.lines).toMatchObject([{ level: 'warn', advice: expect.stringMatching(advice) }]);
});

test.each<Verdict>([
  { kind: 'unclear', reason: 'http_503' },
  { kind: 'unclear', reason: 'not_enabled' },
  { kind: 'dead', reason: 'no_text' },
])('logs no advice on %o, which resolves by itself or never', async (verdict) => {
  const { log } = await outcomeOf({}, refused(verdict));
  expect(log.lines[0]).not.toHaveProperty('advice');
});

test('a message that was not drawn for a gesture has no waiting time', async () => {
  const { outbox, meter } = runningDeliverer({ messages: [delivery()] });
  await outbox.afterConfirms(1);
  expect(meter.lines).toEqual(['deliveries_total card shown 1']);
});

test('looks for a message it should remove when its address is unknown', async () => {
  const { calls } = await outcomeOf({ action: 'remove', address: null });
  expect(calls).toEqual(['look for m1 in C0HOT']);
});

test('looks for a message it should update when its address is unknown', async () => {
  const { outcome, calls } = await outcomeOf(
    { action: 'update', address: null },
    { slack: { copies: async () => [AT] } },
  );
  expect(calls).toEqual(['look for m1 in C0HOT']);
  expect(outcome).toEqual({ kind: 'found', address: AT });
});

test('a card deleted by a user ends as gone and is not posted again', async () => {
  const gone: Verdict = { kind: 'gone', reason: 'message_not_found' };
  const { outcome, calls } = await outcomeOf(
    { action: 'update', address: AT },
    refused(gone, 'update'),
  );
  expect(outcome).toEqual(gone);
  expect(calls).toHaveLength(1);
});

const unknown: Verdict = {
  kind: 'later',
  reason: 'new_code',
  afterMs: 30_000,
  wholeChannel: false,
  counts: true,
};

test.each([
  [0, 'later'],
  [3, 'later'],
  [4, 'dead'],
])(
  'an unknown refusal after %i others is %s, however many attempts there were',
  async (refusals, kind) => {
    const message = { refusals, attempts: 40 };
    expect((await outcomeOf(message, refused(unknown))).outcome?.kind).toBe(kind);
  },
);

test('what is not charged is never given up, however many refusals there were', async () => {
  const uncharged = { ...unknown, counts: false };
  expect((await outcomeOf({ refusals: 40 }, refused(uncharged))).outcome).toEqual(uncharged);
});

const broken = () => {
  throw new TypeError('cannot read Sam Rivera');
};

test.each([
  [
    0,
    { kind: 'later', reason: 'cannot be drawn', afterMs: 1_000, wholeChannel: false, counts: true },
  ],
  [
    3,
    { kind: 'later', reason: 'cannot be drawn', afterMs: 8_000, wholeChannel: false, counts: true },
  ],
  [9, { kind: 'dead', reason: 'cannot be drawn' }],
])('never sends a message that failed to render %i times before', async (refusals, expected) => {
  const { outcome, calls, log } = await outcomeOf({ refusals, attempts: 40 }, { render: broken });
  expect(outcome).toEqual(expected);
  expect(calls).toEqual([]);
  expect(log.lines[0]).toMatchObject({ messageId: 'm1', error: expect.any(TypeError) });
});

test("sets aside a message that doesn't parse, and delivers the rest", async () => {
  const { outbox, log } = runningDeliverer({
    messages: [{ messageId: 'm0', token: 't0', refusals: 9, problem: 'content.kind' }, delivery()],
  });
  const confirmed = await outbox.afterConfirms(2);
  const outcomes = Object.fromEntries(confirmed.map((one) => [one.messageId, one.outcome]));
  expect(outcomes).toEqual({
    m0: { kind: 'dead', reason: 'does not parse: content.kind' },
    m1: SHOWN,
  });
  expect(log.lines.find(({ level }) => level === 'error')).toMatchObject({ messageId: 'm0' });
});

test('skips an update that Slack shows already', async () => {
  const first = await outcomeOf({ action: 'update', address: AT });
  const shownHash = first.outcome?.kind === 'shown' ? first.outcome.hash : null;
  const { outcome, calls } = await outcomeOf({ action: 'update', address: AT, shownHash });
  expect(calls).toEqual([]);
  expect(outcome).toEqual({ ...first.outcome, sent: false });
});

test('sends a card that looks different with the same text', async () => {
  const card = { action: 'update', address: AT } as const;
  const drawn = (label: string) => ({
    render: () => ({
      text: 'VelocityPay is hot',
      blocks: [{ type: 'header' as const, text: { type: 'plain_text' as const, text: label } }],
    }),
  });
  const { outcome: open } = await outcomeOf(card, drawn('Nobody has it'));
  const shownHash = open?.kind === 'shown' ? open.hash : null;
  const { outcome, calls } = await outcomeOf({ ...card, shownHash }, drawn('Claimed'));
  expect(calls).toEqual(['update C0HOT 50.5: VelocityPay is hot']);
  expect(outcome).toMatchObject({ kind: 'shown', sent: true });
});

test('posts nothing when too little is left of the lease', async () => {
  const { outcome, calls } = await outcomeOf({}, { settings: { leaseMs: 1_000, marginMs: 1_001 } });
  expect(outcome).toEqual({
    kind: 'later',
    reason: 'lease too old',
    afterMs: 0,
    wholeChannel: false,
    counts: false,
  });
  expect(calls).toEqual([]);
});

test("logs the message's id and outcome, and nothing about the lead", async () => {
  const { log } = await outcomeOf({}, refused({ kind: 'unclear', reason: 'http_503' }));
  expect(log.lines[0]).toMatchObject({
    level: 'warn',
    messageId: 'm1',
    outcome: 'unclear',
    reason: 'http_503',
  });
  expect(JSON.stringify(log.lines)).not.toMatch(/velocitypay/i);
});

test.each([
  ['is still posted', null, { kind: 'removed' }],
  ['a user has deleted', { kind: 'gone', reason: 'message_not_found' }, { kind: 'removed' }],
  [
    'Slack will never delete',
    { kind: 'dead', reason: 'cant_delete_message' },
    { kind: 'dead', reason: 'cant_delete_message' },
  ],
  [
    'can no longer be edited',
    { kind: 'frozen', reason: 'edit_window_closed' },
    { kind: 'dead', reason: 'edit_window_closed' },
  ],
  [
    'is gone for another reason',
    { kind: 'gone', reason: 'thread_not_found' },
    { kind: 'dead', reason: 'thread_not_found' },
  ],
  [
    'is refused for its form',
    { kind: 'plain', reason: 'invalid_blocks' },
    { kind: 'dead', reason: 'invalid_blocks' },
  ],
  [
    'may have been deleted',
    { kind: 'unclear', reason: 'http_500' },
    { kind: 'unclear', reason: 'http_500', settleMs: 1_000 },
  ],
  [
    'is in an archived channel',
    { kind: 'pause', reason: 'is_archived', everything: false },
    { kind: 'pause', reason: 'is_archived', everything: false },
  ],
] as const)(
  'deletes a removed message that %s, without rendering it',
  async (_, verdict, expected) => {
    const { outcome, calls } = await outcomeOf(
      { action: 'remove', address: AT, content: { kind: 'nothing' } },
      {
        render: () => {
          throw new Error('nothing to draw');
        },
        ...(verdict === null ? {} : refused(verdict, 'remove')),
      },
    );
    expect(outcome).toEqual(expected);
    expect(calls).toEqual(['remove C0HOT 50.5']);
  },
);
