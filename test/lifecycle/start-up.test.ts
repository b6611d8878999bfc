import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { fatalDatabaseProblem } from '../../src/adapters/database-problem.ts';
import { slackDirectory } from '../../src/adapters/slack-directory.ts';
import { DatabaseError, UnexpectedAnswer } from '../../src/adapters/supabase-client.ts';
import { CannotStart } from '../../src/lifecycle/cannot-start.ts';
import { checkChannel, checkUserLookup } from '../../src/lifecycle/check-access.ts';
import { whoAmI } from '../../src/lifecycle/identity.ts';
import { retryAtStart } from '../../src/lifecycle/retry-at-start.ts';
import { memoryLog } from '../support/memory-log.ts';
import { API_URL, breaks, http_, ok, quietSdk, refuses, slackEdge } from '../support/slack-api.ts';

const slack = slackEdge();
const denied = (what: string) =>
  new DatabaseError(`x: permission denied for ${what}`, '42501', 403);
const ask = () => whoAmI('xoxb-canary', API_URL, quietSdk);
const identity = { team_id: 'T0TEAM', user_id: 'U0BOT', bot_id: 'B0BOT' };

test('reads the team, bot and user of the bot token', async () => {
  slack.answers('auth.test', ok({ ...identity, url: 'https://x.slack.com/' }));
  expect(await ask()).toEqual({
    teamId: 'T0TEAM',
    enterpriseId: null,
    botUserId: 'U0BOT',
    botId: 'B0BOT',
    url: 'https://x.slack.com/',
  });
});

test.each([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'team_disabled',
])(
  'ends when Slack refuses the token (%s), and says where to look without showing the token',
  async (code) => {
    slack.answers('auth.test', refuses(code));
    const error = await ask().catch((thrown: unknown) => thrown);
    if (!(error instanceof CannotStart)) throw new Error(`no CannotStart: ${String(error)}`);
    expect(error.message).toContain(code);
    expect(error.message).toContain('OAuth & Permissions');
    expect(error.message).not.toContain('canary');
    expect(slack.calls).toHaveLength(1);
  },
);

test.each(['access_denied', 'ekm_access_denied', 'team_access_not_granted'])(
  'ends when Slack forbids access (%s), and points to the administrator',
  async (code) => {
    slack.answers('auth.test', refuses(code));
    slack.answers('users.info', refuses(code));
    for (const attempt of [ask(), checkUserLookup(directory(), 'U0BOT')]) {
      await expect(attempt).rejects.toThrow(CannotStart);
      await expect(attempt).rejects.toThrow(/\(\w+\)\. .*administrator/);
      await expect(attempt).rejects.toThrow(code);
    }
  },
);

const directory = () =>
  slackDirectory({
    botToken: 'xoxb-canary',
    apiUrl: API_URL,
    sdkLog: quietSdk,
    teamId: 'T0TEAM',
    enterpriseId: null,
  });

test.each([
  ['not_in_channel', refuses('not_in_channel'), '/invite'],
  ['ekm_access_denied', refuses('ekm_access_denied'), 'Enterprise Key Management'],
  ['access_denied', refuses('access_denied'), 'administrator'],
  ['a_new_code', refuses('a_new_code'), 'npm run doctor'],
  ['channel_not_found', refuses('channel_not_found'), 'Check the id'],
  ['is_archived', ok({ channel: { is_archived: true } }), 'Unarchive'],
  ['not_in_channel', ok({ channel: { is_member: false } }), '/invite'],
])(
  'warns about an unusable channel (%s) with advice, and starts anyway',
  async (reason, answer, advice) => {
    slack.answers('conversations.info', answer);
    const log = memoryLog();
    await checkChannel(directory(), 'C0UNKNOWN', false, log);
    expect(log.lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        channel: 'C0UNKNOWN',
        reason,
        advice: expect.stringContaining(advice),
      }),
    ]);
  },
);

test('accepts a usable channel, and ends when it is shared externally', async () => {
  const log = memoryLog();
  slack.answers(
    'conversations.info',
    ok({ channel: {} }),
    ok({ channel: { is_ext_shared: true } }),
  );
  await checkChannel(directory(), 'C0HOT', false, log);
  await expect(checkChannel(directory(), 'C0HOT', false, log)).rejects.toThrow(CannotStart);
  expect(log.lines).toEqual([]);
});

test('ends when a scope is missing, and names it', async () => {
  slack.answers('conversations.info', refuses('missing_scope', { needed: 'channels:read' }));
  await expect(checkChannel(directory(), 'C0HOT', false, memoryLog())).rejects.toThrow(
    'lacks the scope channels:read',
  );
});

test.each([
  ['internal_error', refuses('internal_error'), 'Slack returned internal_error.'],
  ['a rate limit', http_(429, '', { 'retry-after': '7' }), 'ratelimited. Trying again in 7 s'],
  ['a 503', http_(503), 'Slack returned HTTP 503.'],
  ['a page of HTML', http_(200, '<html>'), 'The answer is not from Slack'],
  ['an answer without a team', ok({ user_id: 'U' }), 'The answer is not from Slack'],
  ['a broken connection', breaks, 'Slack does not answer'],
])(
  'retries after %s, and says "does not answer" only when nothing answered',
  async (_, answer, line) => {
    slack.answers('auth.test', answer);
    const log = memoryLog();
    const stopping = new AbortController();
    const waiting = retryAtStart('Slack', ask, log, stopping.signal);
    expect((await log.next('warn', /Trying again/)).event).toContain(line);
    stopping.abort();
    await expect(waiting).rejects.toThrow();
  },
);

test.each([
  ['internal_error', refuses('internal_error')],
  ['fatal_error', refuses('fatal_error')],
  ['service_unavailable', refuses('service_unavailable')],
  ['ratelimited', refuses('ratelimited')],
  ['a rate limit', http_(429, '', { 'retry-after': '5' })],
  ['a 503', http_(503)],
  ['a page of HTML', http_(200, '<html>')],
  ['an empty object', http_(200, '{}')],
  ['a broken connection', breaks],
  ['an answer without a team', ok({ user_id: 'U', bot_id: 'B' })],
])('%s does not end the start: waiting may help', async (_, answer) => {
  slack.answers('auth.test', answer);
  const error = await ask().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(CannotStart);
});

test.each([
  [new DatabaseError('x', 'PGRST301', 401), 'SUPABASE_KEY is not accepted'],
  [new DatabaseError('x', 'PGRST302', 401), 'SUPABASE_KEY is not accepted'],
  [new DatabaseError('x', 'PGRST303', 401), 'SUPABASE_KEY has expired'],
  [denied('function lead_bot_changes'), 'token of the role lead_bot'],
  [denied('function lead_bot_changes'), 'npm run db:apply'],
  [new DatabaseError('Invalid API key', null, 401), 'SUPABASE_KEY is not accepted'],
  [new DatabaseError('Invalid API key', null, 401), 'also needs SUPABASE_PUBLISHABLE_KEY'],
])('%o is fatal, and the message says which variable to check', (error, sentence) => {
  expect(fatalDatabaseProblem(error)).toContain(sentence);
});

test.each([
  [new DatabaseError('x', null, 0)],
  [new DatabaseError('x', 'PGRST000', 503)],
  [new DatabaseError('x', 'PGRST202', 404)],
  [new DatabaseError('x', '57014', 500)],
  [denied('table lead_scores')],
  [denied('view lead_dashboard')],
  [denied('schema public')],
  [denied('schema lead_bot')],
  [denied('table alerts')],
  [new DatabaseError('x: permission denied to set role "lead_bot"', '42501', 403)],
  [new DatabaseError('x: must be owner of something', '42501', 403)],
  [new DatabaseError('x', 'constructor', 500)],
  [new Error('42501')],
  ['PGRST301'],
])('%o is not fatal: waiting may help', (error) => {
  expect(fatalDatabaseProblem(error)).toBeNull();
});

const never = new AbortController().signal;

test('logs nothing when the first attempt succeeds', async () => {
  const log = memoryLog();
  expect(await retryAtStart('Slack', async () => 7, log, never)).toBe(7);
  expect(log.lines).toEqual([]);
});

test("does not retry what can't be fixed", async () => {
  const attempt = vi.fn(async () => {
    throw new CannotStart('no');
  });
  await expect(retryAtStart('Slack', attempt, memoryLog(), never)).rejects.toThrow(CannotStart);
  expect(attempt).toHaveBeenCalledTimes(1);
});

test("ends with a sentence when the database's answer is fatal", async () => {
  const attempt = () => Promise.reject(denied('function lead_bot_changes'));
  const waiting = retryAtStart('Supabase', attempt, memoryLog(), never);
  await expect(waiting).rejects.toThrow(CannotStart);
  await expect(waiting).rejects.toThrow('lead_bot');
});

test.each([
  ['Supabase', new DatabaseError('x', null, 0), 'Supabase does not answer: check SUPABASE_URL'],
  ['Supabase', new DatabaseError('x', 'PGRST202', 404), 'run npm run db:apply'],
  [
    'Supabase',
    new DatabaseError('x', 'PGRST106', 406),
    'PGRST106: the API does not expose the schema',
  ],
  ['Supabase', new DatabaseError('x', 'PGRST002', 503), 'Supabase returned error PGRST002'],
  ['Supabase', new DatabaseError('x', 'XX999', 500), 'Supabase returned error XX999'],
  ['Supabase', denied('schema public'), 'run npm run db:apply, which grants it'],
  ['Supabase', denied('schema lead_bot'), 'as the role that owns the schema lead_bot'],
  ['Supabase', denied('view lead_dashboard'), 'may not read lead_dashboard or a table under it'],
  [
    'Supabase',
    new DatabaseError('<html>', null, 200),
    "such as a network's sign-in page (HTTP 200)",
  ],
  [
    'Supabase',
    new DatabaseError('<html>', null, 404),
    'no Supabase API at SUPABASE_URL: check SUPABASE_URL',
  ],
  ['Supabase', new DatabaseError('<html>', null, 503), "gateway can't reach the API"],
  ['Supabase', new DatabaseError('<html>', null, 418), 'check SUPABASE_URL (HTTP 418)'],
  ['Supabase', new DatabaseError('x', null, 540), 'The project is paused'],
  ['Supabase', new UnexpectedAnswer('x', new z.ZodError([])), "different version of the bot's SQL"],
  [
    'Slack',
    new TypeError('fetch failed'),
    'Slack does not answer: check the network and SLACK_API_URL',
  ],
] as const)(
  'while %s is away, one line says what to check, and a stop ends the wait',
  async (what, error, line) => {
    const log = memoryLog();
    const stopping = new AbortController();
    const waiting = retryAtStart(what, () => Promise.reject(error), log, stopping.signal);
    expect((await log.next('warn', /Trying again in 1 s/)).event).toContain(line);
    stopping.abort();
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(log.lines).toHaveLength(1);
  },
);

test('a stop does not wait for an answer that may never come', async () => {
  const stopping = new AbortController();
  const waiting = retryAtStart('Slack', () => new Promise(() => {}), memoryLog(), stopping.signal);
  stopping.abort();
  await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});

test('leaves no listener on the stop signal', async () => {
  const { signal } = new AbortController();
  await retryAtStart('Slack', async () => 7, memoryLog(), signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('makes no attempt after a stop', async () => {
  const attempt = vi.fn(async () => 7);
  const waiting = retryAtStart('Slack', attempt, memoryLog(), AbortSignal.abort());
  await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect(attempt).not.toHaveBeenCalled();
});
