import { createServer } from 'node:net';
import { WebClient } from '@slack/web-api';
import { expect, test } from 'vitest';
import { judge } from '../../src/adapters/slack-verdict.ts';
import type { Verdict } from '../../src/core/message.ts';
import { API_URL, breaks, http_, ok, quietSdk, refuses, slackEdge } from '../support/slack-api.ts';

const slack = slackEdge();

/** The verdict on a post's failure, from a client without retries. */
async function verdictOf(apiUrl = API_URL, timeout = 0): Promise<Verdict> {
  const client = new WebClient('xoxb-test', {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    timeout,
    rejectRateLimitedCalls: true,
    logger: quietSdk,
  });
  try {
    await client.chat.postMessage({ channel: 'C1', text: 'x' });
  } catch (error) {
    return judge(error);
  }
  throw new Error('the call succeeded');
}

const codes: readonly (readonly [kind: string, codes: readonly string[]])[] = [
  [
    'unclear',
    ['fatal_error', 'internal_error', 'service_unavailable', 'request_timeout', 'hash_conflict'],
  ],
  [
    'later',
    [
      'ratelimited',
      'rate_limited',
      'message_limit_exceeded',
      'org_login_required',
      'team_added_to_org',
    ],
  ],
  [
    'plain',
    [
      'invalid_blocks',
      'invalid_blocks_format',
      'msg_too_long',
      'msg_blocks_too_long',
      'block_mismatch',
    ],
  ],
  [
    'pause',
    [
      'channel_not_found',
      'not_in_channel',
      'is_archived',
      'is_inactive',
      'restricted_action',
      'restricted_action_read_only_channel',
      'restricted_action_thread_only_channel',
      'ekm_access_denied',
      'app_access_restricted',
    ],
  ],
  [
    'pause everything',
    [
      'invalid_auth',
      'not_authed',
      'token_revoked',
      'token_expired',
      'account_inactive',
      'missing_scope',
      'not_allowed_token_type',
      'no_permission',
      'team_access_not_granted',
    ],
  ],
  ['gone', ['message_not_found']],
  ['frozen', ['cant_update_message', 'edit_window_closed']],
  [
    'dead',
    [
      'no_text',
      'cant_delete_message',
      'compliance_exports_prevent_deletion',
      'metadata_too_large',
      'invalid_metadata_format',
      'invalid_metadata_schema',
      'thread_not_found',
      'cannot_reply_to_message',
      'restricted_action_thread_locked',
      'restricted_action_non_threadable_channel',
      'not_enabled',
      'view_too_large',
    ],
  ],
];

const named = (verdict: Verdict): string =>
  verdict.kind === 'pause' && verdict.everything ? 'pause everything' : verdict.kind;

test.each(codes.flatMap(([kind, list]) => list.map((code) => [code, kind])))(
  '%s means %s, with the code as the reason, after one request',
  async (code, kind) => {
    slack.answers('chat.postMessage', refuses(code));
    const verdict = await verdictOf();
    expect(named(verdict)).toBe(kind);
    expect(verdict.reason).toBe(code);
    expect(slack.calls).toHaveLength(1);
  },
);

test('an unknown code is retried a few times and counts toward giving up', async () => {
  for (const code of ['some_new_code', 'constructor', 'to_string', 'hasownproperty']) {
    slack.answers('chat.postMessage', refuses(code));
    expect(await verdictOf()).toMatchObject({
      kind: 'later',
      reason: code,
      counts: true,
      wholeChannel: false,
    });
  }
});

test('a refused block reports only the code, not the text in its details', async () => {
  const details = { errors: ['canary'], response_metadata: { messages: ['[ERROR] canary'] } };
  slack.answers('chat.postMessage', refuses('invalid_blocks', details));
  expect(await verdictOf()).toEqual({ kind: 'plain', reason: 'invalid_blocks' });
});

test.each([
  ['1', 1_000],
  ['30', 30_000],
  ['3600', 3_600_000],
])(
  'a 429 with Retry-After: %s delays the whole channel that long and is not charged',
  async (seconds, afterMs) => {
    slack.answers('chat.postMessage', http_(429, '', { 'retry-after': seconds }));
    expect(await verdictOf()).toEqual({
      kind: 'later',
      reason: 'ratelimited',
      afterMs,
      wholeChannel: true,
      counts: false,
    });
    expect(slack.calls).toHaveLength(1);
  },
);

test.each(['0', '-5'])('a 429 with Retry-After: %s still waits a second', async (seconds) => {
  slack.answers('chat.postMessage', http_(429, '', { 'retry-after': seconds }));
  expect(await verdictOf()).toMatchObject({ kind: 'later', afterMs: 1_000 });
});

test.each([
  ['no Retry-After', {}],
  ['a non-numeric Retry-After', { 'retry-after': 'soon' }],
])('a 429 with %s waits half a minute and is not charged', async (_, headers) => {
  slack.answers('chat.postMessage', http_(429, 'too many', headers));
  expect(await verdictOf()).toEqual({
    kind: 'later',
    reason: 'ratelimited',
    afterMs: 30_000,
    wholeChannel: true,
    counts: false,
  });
  expect(slack.calls).toHaveLength(1);
});

test.each([400, 403, 404, 408, 500, 502, 503, 504])(
  'HTTP %i is unclear and not retried',
  async (status) => {
    slack.answers('chat.postMessage', http_(status, '<html>Bad gateway</html>'));
    expect(await verdictOf()).toEqual({ kind: 'unclear', reason: `http_${status}` });
    expect(slack.calls).toHaveLength(1);
  },
);

test.each([
  ['a page of HTML', '<html>please log in</html>'],
  ['no body', ''],
  ['half an answer', '{"ok":true,"ts":"17'],
  ['an empty object', '{}'],
  ['an error without a code', '{"ok":false}'],
  ['an error that is a number', '{"ok":false,"error":500}'],
  ['an error that is null', '{"ok":false,"error":null}'],
  ['an error that is an object', '{"ok":false,"error":{"code":"x"}}'],
  ['an error that is a sentence', '{"ok":false,"error":"Please try again, Ms Rivera"}'],
  ['null', 'null'],
  ['a list', '[]'],
  ['a number', '7'],
])('a 200 with %s is unclear', async (_, body) => {
  slack.answers('chat.postMessage', http_(200, body, { 'content-type': 'text/html' }));
  const verdict = await verdictOf();
  expect(verdict.kind).toBe('unclear');
  expect(verdict.reason).toMatch(/^\w+$/);
  expect(verdict.reason).not.toContain('Rivera');
});

test('a connection that breaks before the answer is unclear', async () => {
  slack.answers('chat.postMessage', breaks);
  expect((await verdictOf()).kind).toBe('unclear');
  expect(slack.calls).toHaveLength(1);
});

test('a post that is never answered is unclear after the timeout', async () => {
  slack.answers('chat.postMessage', () => new Promise<Response>(() => {}));
  expect(await verdictOf(API_URL, 300)).toEqual({ kind: 'unclear', reason: 'TimeoutError' });
  expect(slack.calls).toHaveLength(1);
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const notCharged = { kind: 'later', wholeChannel: false, counts: false };

test('a refused connection was never sent, so it is retried', async () => {
  slack.server.close();
  try {
    const verdict = await verdictOf(`http://127.0.0.1:${await closedPort()}/api/`);
    expect(verdict).toMatchObject({ ...notCharged, reason: 'ECONNREFUSED' });
  } finally {
    slack.server.listen({ onUnhandledFrame: 'error' });
  }
});

test('a failed DNS lookup was never sent, so it is retried', async () => {
  slack.server.close();
  try {
    const verdict = await verdictOf('http://slack.invalid/api/');
    expect(verdict).toMatchObject(notCharged);
    expect(verdict.reason).toMatch(/^(?:ENOTFOUND|EAI_AGAIN)$/);
  } finally {
    slack.server.listen({ onUnhandledFrame: 'error' });
  }
});

test('an unexpected error is unclear, so nothing is posted again unseen', () => {
  for (const surprise of [new TypeError('x'), 'x', null, undefined, { code: 'ECONNREFUSED' }]) {
    expect(judge(surprise).kind).toBe('unclear');
  }
});

test('a successful answer is no failure', async () => {
  slack.answers('chat.postMessage', ok({ channel: 'C1', ts: '1.1' }));
  await expect(verdictOf()).rejects.toThrow('the call succeeded');
});
