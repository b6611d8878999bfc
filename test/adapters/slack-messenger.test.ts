import { expect, test } from 'vitest';
import { slackMessenger } from '../../src/adapters/slack-messenger.ts';
import type { Drawing } from '../../src/core/message.ts';
import type { Messenger } from '../../src/core/ports.ts';
import {
  breaks,
  CONNECTION,
  hangs,
  http_,
  ok,
  refuses,
  slackEdge,
  withTimeUp,
} from '../support/slack-api.ts';

const slack = slackEdge();

const messenger = (): Messenger => slackMessenger({ ...CONNECTION, botId: 'B0US' });

const drawing: Drawing = {
  text: 'VelocityPay is hot: 88',
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*VelocityPay*' } }],
};
const SINCE = new Date('2026-03-02T12:00:00Z');

test("a post carries text, blocks and the message's id, unfurls nothing, and returns its address", async () => {
  slack.answers('chat.postMessage', ok({ channel: 'C0HOT', ts: '1772452800.000100' }));
  const address = await messenger().post('C0HOT', null, 'message-1', drawing);
  expect(address).toEqual({ channel: 'C0HOT', ts: '1772452800.000100' });
  expect(slack.calls).toEqual([
    {
      method: 'chat.postMessage',
      args: {
        channel: 'C0HOT',
        text: drawing.text,
        blocks: drawing.blocks,
        unfurl_links: 'false',
        unfurl_media: 'false',
        metadata: { event_type: 'lead_alert', event_payload: { message_id: 'message-1' } },
      },
    },
  ]);
});

test('a reply names its parent', async () => {
  slack.answers('chat.postMessage', ok({ channel: 'C0HOT', ts: '2.2' }));
  await messenger().post('C0HOT', '1.1', 'message-1', drawing);
  expect(slack.calls[0]?.args).toMatchObject({ thread_ts: '1.1' });
});

const OPEN = 'conversations.open';
const opens = ok({ channel: { id: 'D0MARIA' } });
const judged = async (call: (to: Messenger) => Promise<unknown>) => {
  const to = messenger();
  const failure = await call(to).catch((error: unknown) => error);
  return to.judge(failure);
};
const toMaria = (to: Messenger) => to.post('U0MARIA', null, 'm', drawing);

test('a direct message opens the conversation with its reader once and posts there', async () => {
  slack.answers(OPEN, opens);
  slack.answers('chat.postMessage', ok({ channel: 'D0MARIA', ts: '2.2' }));
  const to = messenger();
  expect(await toMaria(to)).toEqual({ channel: 'D0MARIA', ts: '2.2' });
  await toMaria(to);
  expect(slack.calls.map(({ method, args }) => [method, args['users'] ?? args['channel']])).toEqual(
    [
      [OPEN, 'U0MARIA'],
      ['chat.postMessage', 'D0MARIA'],
      ['chat.postMessage', 'D0MARIA'],
    ],
  );
});

test('opening a conversation and posting in it time out after five seconds each', async () => {
  slack.answers(OPEN, hangs);
  expect(await withTimeUp(() => judged(toMaria))).toEqual([5_000]);
  slack.answers(OPEN, opens);
  slack.answers('chat.postMessage', hangs);
  const to = messenger();
  await to.copies('U0MARIA', null, 'm', SINCE).catch(() => {});
  expect(await withTimeUp(() => toMaria(to).catch(() => {}))).toEqual([5_000]);
});

test.each([
  ['an internal error', refuses('internal_error')],
  ['a 500', http_(500)],
  ['a malformed answer', ok({ channel: 'D0MARIA' })],
  ['a broken connection', breaks],
])('%s while opening a conversation leaves nothing to search for', async (_, answer) => {
  slack.answers(OPEN, answer);
  expect(await judged(toMaria)).toMatchObject({ kind: 'later', counts: false });
  expect(slack.calls.map(({ method }) => method)).toEqual([OPEN]);
});

test.each([
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'user_disabled',
  'user_not_found',
  'cannot_dm_bot',
])('%s while opening a conversation concerns its reader alone', async (error) => {
  slack.answers(OPEN, refuses(error));
  expect(await judged(toMaria)).toEqual({ kind: 'pause', reason: error, everything: false });
});

test('a revoked token pauses everything, also while opening a conversation', async () => {
  slack.answers(OPEN, refuses('token_revoked'));
  expect(await judged(toMaria)).toMatchObject({ kind: 'pause', everything: true });
});

test('a rate limit on opening conversations holds the message back for as long', async () => {
  slack.answers(OPEN, http_(429, '', { 'retry-after': '7' }));
  expect(await judged(toMaria)).toMatchObject({ kind: 'later', afterMs: 7_000 });
});

test('a post of a direct message that breaks off leaves it unclear', async () => {
  slack.answers(OPEN, opens);
  slack.answers('chat.postMessage', breaks);
  expect(await judged(toMaria)).toMatchObject({ kind: 'unclear' });
});

test('a direct message is searched for in the conversation with its reader', async () => {
  slack.answers(OPEN, opens);
  slack.answers('conversations.history', ok({ messages: [message('2.2', 'm')] }));
  expect(await messenger().copies('U0MARIA', null, 'm', SINCE)).toEqual([
    { channel: 'D0MARIA', ts: '2.2' },
  ]);
  expect(slack.calls.at(-1)?.args).toMatchObject({ channel: 'D0MARIA' });
});

test.each([
  ['without im:history', 'missing_scope'],
  ['without permission', 'no_permission'],
  ['with a token that may not', 'not_allowed_token_type'],
])('%s, a direct message is one channel that cannot be searched', async (_, reason) => {
  slack.answers(OPEN, opens);
  slack.answers('conversations.history', refuses(reason));
  for (const channel of ['U0MARIA', 'D0MARIA']) {
    expect(await judged((to) => to.copies(channel, null, 'm', SINCE))).toEqual({
      kind: 'pause',
      reason,
      everything: false,
    });
  }
  expect(await judged((to) => to.copies('C0HOT', null, 'm', SINCE))).toMatchObject({
    everything: true,
  });
});

test.each([
  ['no ts', ok({ channel: 'C0HOT' })],
  ['a ts that is a number', ok({ channel: 'C0HOT', ts: 17.2 })],
  ['nothing but ok', ok()],
])('an answer with %s leaves the post unclear', async (_, answer) => {
  slack.answers('chat.postMessage', answer);
  const failure = await messenger()
    .post('C0HOT', null, 'm', drawing)
    .catch((error: unknown) => error);
  expect(messenger().judge(failure).kind).toBe('unclear');
  expect(slack.calls).toHaveLength(1);
});

test('an update always sends text and blocks, since Slack no longer documents what it keeps', async () => {
  slack.answers('chat.update', ok());
  await messenger().update({ channel: 'C0HOT', ts: '1.1' }, { text: 'gone quiet', blocks: [] });
  expect(slack.calls).toEqual([
    {
      method: 'chat.update',
      args: { channel: 'C0HOT', ts: '1.1', text: 'gone quiet', blocks: [] },
    },
  ]);
});

const toHome = (to: Messenger) => to.publishHome('U0MARIA', drawing);

test("a Home tab is published as its user's view", async () => {
  slack.answers('views.publish', ok());
  await toHome(messenger());
  expect(slack.calls).toEqual([
    {
      method: 'views.publish',
      args: { user_id: 'U0MARIA', view: { type: 'home', blocks: drawing.blocks } },
    },
  ]);
});

test.each([
  ['user_not_found', { kind: 'dead', reason: 'user_not_found' }],
  ['not_enabled', { kind: 'dead', reason: 'not_enabled' }],
  ['view_too_large', { kind: 'dead', reason: 'view_too_large' }],
  ['hash_conflict', { kind: 'unclear', reason: 'hash_conflict' }],
  ['invalid_blocks', { kind: 'plain', reason: 'invalid_blocks' }],
  ['ratelimited', { kind: 'later', reason: 'ratelimited', wholeChannel: true, counts: false }],
  ['token_revoked', { kind: 'pause', reason: 'token_revoked', everything: true }],
])('a Home tab that Slack refuses with %s pauses no other channel', async (code, verdict) => {
  slack.answers('views.publish', refuses(code));
  expect(await judged(toHome)).toMatchObject(verdict);
});

test('removing a copy sends only its address', async () => {
  slack.answers('chat.delete', ok());
  await messenger().remove({ channel: 'C0HOT', ts: '1.1' });
  expect(slack.calls).toEqual([{ method: 'chat.delete', args: { channel: 'C0HOT', ts: '1.1' } }]);
});

const failures = [
  ['a refusal', refuses('channel_not_found'), 'pause'],
  ['an internal error', refuses('internal_error'), 'unclear'],
  ['a rate limit', http_(429, '', { 'retry-after': '7' }), 'later'],
  ['a rate limit without a time', http_(429), 'later'],
  ['a 500', http_(500), 'unclear'],
  ['a page of HTML', http_(200, '<html>'), 'unclear'],
] as const;

const calls: readonly (readonly [string, (messenger: Messenger) => Promise<unknown>])[] = [
  ['chat.postMessage', (to) => to.post('C0HOT', null, 'm', drawing)],
  ['chat.update', (to) => to.update({ channel: 'C0HOT', ts: '1.1' }, drawing)],
  ['chat.delete', (to) => to.remove({ channel: 'C0HOT', ts: '1.1' })],
  ['conversations.history', (to) => to.copies('C0HOT', null, 'm', SINCE)],
  ['conversations.replies', (to) => to.copies('C0HOT', '1.1', 'm', SINCE)],
];

test.each(
  calls.flatMap(([method, call]) => failures.map((failure) => [method, ...failure, call] as const)),
)('never retries %s after %s', async (method, _, answer, verdict, call) => {
  slack.answers(method, answer, ok({ channel: 'C0HOT', ts: '1.1' }));
  const failure = await call(messenger()).then(
    () => 'went through',
    (error: unknown) => error,
  );
  expect(messenger().judge(failure).kind).toBe(verdict);
  expect(slack.calls).toHaveLength(1);
});

test.each(calls)('a hanging %s times out after ten seconds, as unclear', async (method, call) => {
  slack.answers(method, hangs);
  const limits = await withTimeUp(async () => {
    const failure = await call(messenger()).catch((error: unknown) => error);
    expect(messenger().judge(failure)).toEqual({ kind: 'unclear', reason: 'TimeoutError' });
  });
  expect(limits).toEqual([10_000]);
});

const message = (ts: string, messageId: string | null, botId: string | null = 'B0US') => ({
  type: 'message',
  ts,
  text: 'x',
  ...(botId === null ? {} : { bot_id: botId }),
  ...(messageId === null
    ? {}
    : { metadata: { event_type: 'lead_alert', event_payload: { message_id: messageId } } }),
});

test('a search reads the history with metadata, from five minutes before the first try', async () => {
  slack.answers('conversations.history', ok({ messages: [] }));
  expect(await messenger().copies('C0HOT', null, 'm', SINCE)).toEqual([]);
  expect(slack.calls[0]?.args).toEqual({
    channel: 'C0HOT',
    oldest: String(Date.parse('2026-03-02T11:55:00Z') / 1000),
    inclusive: 'true',
    limit: '200',
    include_all_metadata: 'true',
  });
});

test('a search in a thread reads its replies', async () => {
  slack.answers('conversations.replies', ok({ messages: [message('2.2', 'm')] }));
  expect(await messenger().copies('C0HOT', '1.1', 'm', SINCE)).toEqual([
    { channel: 'C0HOT', ts: '2.2' },
  ]);
  expect(slack.calls[0]).toMatchObject({ method: 'conversations.replies', args: { ts: '1.1' } });
});

test('counts only our own posts with this id as copies, oldest first', async () => {
  const messages = [
    message('1772452900.000300', 'm'),
    message('1772452850.000100', 'm'),
    message('1772452840.000100', 'another'),
    message('1772452830.000100', 'm', 'B0SOMEONE'),
    message('1772452820.000100', 'm', null),
    message('1772452810.000100', null),
    {
      ts: '1772452805.000100',
      bot_id: 'B0US',
      metadata: { event_type: 'x', event_payload: { message_id: 7 } },
    },
    { ts: '1772452804.000100', bot_id: 'B0US', metadata: 'odd' },
    { ts: '1772452803.000100', bot_id: 'B0US', metadata: { event_payload: null } },
  ];
  slack.answers('conversations.history', ok({ messages }));
  expect(await messenger().copies('C0HOT', null, 'm', SINCE)).toEqual([
    { channel: 'C0HOT', ts: '1772452850.000100' },
    { channel: 'C0HOT', ts: '1772452900.000300' },
  ]);
});

test('a search reads every page and finds a copy on the last', async () => {
  slack.answers(
    'conversations.history',
    ok({
      messages: [message('1772452900.000300', 'm')],
      response_metadata: { next_cursor: 'page-2' },
    }),
    ok({ messages: [], response_metadata: { next_cursor: 'page-3' } }),
    ok({ messages: [message('1772452850.000100', 'm')], response_metadata: { next_cursor: '' } }),
  );
  const found = await messenger().copies('C0HOT', null, 'm', SINCE);
  expect(found.map(({ ts }) => ts)).toEqual(['1772452850.000100', '1772452900.000300']);
  expect(slack.calls.map(({ args }) => args['cursor'])).toEqual([undefined, 'page-2', 'page-3']);
});

test('a history too long to search is an error, not "nothing found"', async () => {
  slack.answers(
    'conversations.history',
    ok({ messages: [], response_metadata: { next_cursor: 'more' } }),
  );
  await expect(messenger().copies('C0HOT', null, 'm', SINCE)).rejects.toThrow(
    'more than 2000 messages',
  );
  expect(slack.calls).toHaveLength(10);
});

test('a malformed history is an error, not "nothing found"', async () => {
  for (const odd of [{ messages: 'none' }, { messages: [{ text: 'no ts' }] }, { messages: null }]) {
    slack.answers('conversations.history', ok(odd));
    await expect(messenger().copies('C0HOT', null, 'm', SINCE)).rejects.toThrow();
  }
});

test('an answer without messages is an error, not "nothing found"', async () => {
  slack.answers('conversations.history', ok());
  await expect(messenger().copies('C0HOT', null, 'm', SINCE)).rejects.toThrow();
});
