import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import { memoryLog } from '../support/memory-log.ts';

const LOG = fileURLToPath(new URL('../../src/ops/log.ts', import.meta.url));
const CLIENT = fileURLToPath(new URL('../../src/adapters/supabase-client.ts', import.meta.url));
const line = z.record(z.string(), z.unknown());

/** The lines that a process running this code writes to standard output. */
function written(level: string, script: string): Promise<Record<string, unknown>[]> {
  const program = `import { createLog } from ${JSON.stringify(LOG)}; const log = createLog(${JSON.stringify(level)}); ${script}`;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], (error, stdout) => {
      if (error !== null) return reject(error);
      const lines = stdout.split('\n').filter((text) => text !== '');
      resolve(lines.map((text) => line.parse(JSON.parse(text))));
    });
  });
}

test('writes JSON with time, level, event and fields, and nothing about the machine', async () => {
  const [first] = await written('info', `log.info('poll', { opened: 2, channel: 'C1' });`);
  expect(first).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    opened: 2,
    channel: 'C1',
    msg: 'poll',
  });
});

test('writes no lines below the level', async () => {
  const lines = await written(
    'warn',
    `log.debug('a'); log.info('b'); log.warn('c'); log.error('d');`,
  );
  expect(lines.map(({ msg }) => msg)).toEqual(['c', 'd']);
});

test("writes an error's class, code and stack, and nothing else it carries", async () => {
  const [first] = await written(
    'info',
    `const error = Object.assign(new TypeError('canary broke'), { code: 'E1', data: { email: 'canary@x.example' }, config: { token: 'xoxb-canary' } });
     error.cause = new Error('canary');
     log.error('failed', { messageId: 'm1', error });`,
  );
  expect(first).toMatchObject({
    error: 'TypeError',
    code: 'E1',
    messageId: 'm1',
    msg: 'failed',
  });
  expect(first?.['stack']).toEqual(expect.arrayContaining([expect.stringMatching(/^at /)]));
  expect(JSON.stringify(first)).not.toContain('canary');
});

test.each([
  [`new Error('invalid input syntax for type uuid: "canary@x.example"')`, undefined],
  [`new Error('gone\\n    at canary (/canary/canary@x.example:1:2)')`, undefined],
  [
    `Object.assign(new Error('x'), { name: 'canary@x.example', code: '+49 170 canary' })`,
    undefined,
  ],
  [`new Error('canary', { cause: new Error('canary') })`, undefined],
  [`new Error('fetch failed: canary.example')`, 'fetch failed'],
  [
    `new Error("lead_bot_take: column canary (the bot's SQL is missing or old: run npm run db:apply)")`,
    "lead_bot_take, the bot's SQL is missing or old: run npm run db:apply",
  ],
  [`new Error('An API error occurred: <html>canary</html>')`, 'An API error occurred'],
  [
    `new Error('An HTTP protocol error occurred: statusCode = 503 canary')`,
    'An HTTP protocol error occurred: statusCode = 503',
  ],
  [
    `new Error('Slack did not take a private answer: HTTP 404')`,
    'Slack did not take a private answer: HTTP 404',
  ],
])("keeps only the part of %s that can't hold data", async (error, message) => {
  const [first] = await written('info', `log.error('x', { error: ${error} });`);
  expect(first?.['message']).toBe(message);
  expect(first?.['error']).toBe('Error');
  expect(JSON.stringify(first)).not.toContain('canary');
});

test.each([
  'An incoming event was not acknowledged within 3 seconds',
  'ack() has already been called',
  'Authorization of incoming event did not succeed',
  'A rate limit was exceeded',
  'Failed to send a WebSocket message',
  'WebSocket error occurred',
  'Unexpected server response: 407',
  'socket hang up',
  "A ping wasn't received from the server before the timeout",
])("the SDK's warning “%s” reaches the log without the rest of its line", (words) => {
  const log = memoryLog();
  sdkLog(log).warn(`socket-mode:canary ${words} canary@x.example`);
  expect(log.lines.map(({ reason }) => reason)).toEqual([words]);
});

test('a gesture is logged with its alert', async () => {
  const [first] = await written('info', `log.info('gesture', { alertId: 'a1', user: 'U1' });`);
  expect(first).toMatchObject({ alertId: 'a1', user: 'U1' });
});

test('writes the causes of an error as classes and codes', async () => {
  const [first] = await written(
    'info',
    `const innermost = Object.assign(new Error('connect 10.0.0.1 canary'), { code: 'ECONNREFUSED' });
     const error = new Error('canary', { cause: new TypeError('canary', { cause: innermost }) });
     log.error('x', { error });`,
  );
  expect(first).toMatchObject({ error: 'Error', cause: 'TypeError, Error ECONNREFUSED' });
  expect(JSON.stringify(first)).not.toContain('canary');
});

test("names the columns of an answer that doesn't parse, never their values", async () => {
  const [first] = await written(
    'info',
    `import { z } from 'zod';
     const shape = z.object({ rows: z.record(z.string(), z.object({ tier: z.enum(['hot']) })) });
     const { error } = shape.safeParse({ rows: { 'canary@x.example': { tier: 'canary' } } });
     log.error('x', { error });`,
  );
  expect(first).toMatchObject({ error: 'ZodError', fields: ['rows.?.tier: invalid_value'] });
  expect(JSON.stringify(first)).not.toContain('canary');
});

/** The lines of polls that get these answers from the API, in turn. */
const pollsAnswered = (answers: readonly { status: number; body: unknown }[]) =>
  written(
    'info',
    `import { connectDatabase } from ${JSON.stringify(CLIENT)};
     import { z } from 'zod';
     const database = connectDatabase({ url: 'http://127.0.0.1:9', key: 'canary' });
     for (const { status, body } of ${JSON.stringify(answers)}) {
       globalThis.fetch = async () => Response.json(body, { status });
       const error = await database
         .call('lead_bot_changes', {}, z.object({ marks: z.array(z.number()) }))
         .catch((thrown) => thrown);
       log.warn('poll failed, the next one tries again', { error });
     }`,
  );

test('a failed poll is one line: which call, how long, what is wrong, whom to ask', async () => {
  const cases: readonly (readonly [code: string, text: string, message: RegExp])[] = [
    [
      '42P01',
      'relation "public.lead_dashboard" does not exist',
      /relation "public\.lead_dashboard" does not exist, after \d+ ms, a table, a column/,
    ],
    [
      '42703',
      'column d.tier does not exist',
      /column d\.tier does not exist, after \d+ ms, a table, a column/,
    ],
    ['42703', 'column "canary" does not exist', /^lead_bot_changes, after \d+ ms, a table/],
    [
      '42501',
      'permission denied for table lead_scores',
      /permission denied for table lead_scores, after \d+ ms, the owner of the bot's functions/,
    ],
    [
      '57014',
      'canceling statement due to statement timeout',
      /canceling statement due to statement timeout, after \d+ ms, exceeded statement_timeout/,
    ],
    [
      'PGRST202',
      'Could not find the function public.lead_bot_changes(canary)',
      /the bot's SQL is missing or old: run npm run db:apply/,
    ],
    ['22P02', 'invalid input syntax for type integer: "canary"', /^lead_bot_changes, after/],
  ];
  const lines = await pollsAnswered(
    cases.map(([code, message]) => ({ status: 500, body: { code, message } })),
  );
  expect(lines).toMatchObject(
    cases.map(([code, , message]) => ({
      msg: 'poll failed, the next one tries again',
      error: 'DatabaseError',
      code,
      message: expect.stringMatching(message),
    })),
  );
  for (const line of lines) {
    expect(line['message']).toMatch(/^lead_bot_changes, .*npm run doctor shows more$/);
  }
  expect(JSON.stringify(lines)).not.toContain('canary');
});

test('names the function, the fields and the fix when an answer is of another version', async () => {
  const [first] = await pollsAnswered([{ status: 200, body: { marks: 'canary' } }]);
  expect(first).toMatchObject({
    error: 'UnexpectedAnswer',
    fields: ['marks: invalid_type'],
    message: expect.stringMatching(/^lead_bot_changes, .* different version .* npm run db:apply$/),
  });
  expect(JSON.stringify(first)).not.toContain('canary');
});

test("describes the error inside Bolt's wrapper", async () => {
  const [first] = await written(
    'info',
    `const wrapped = Object.assign(new Error('canary'), { code: 'slack_bolt_unknown_error', original: new RangeError('canary') });
     log.error('x', { error: wrapped });`,
  );
  expect(first).toMatchObject({ error: 'RangeError' });
});

test("writes Slack's error code, and nothing that only looks like one", async () => {
  const lines = await written(
    'info',
    `for (const code of ['invalid_blocks', '<html>canary</html>', 'canary@x.example']) {
       log.error('x', { error: Object.assign(new Error(code), { data: { error: code } }) });
     }`,
  );
  expect(lines.map(({ refusal }) => refusal)).toEqual(['invalid_blocks', undefined, undefined]);
  expect(JSON.stringify(lines)).not.toContain('canary');
});

test("drops a field that isn't allowed, even if it gets past the types", async () => {
  const [first] = await written('info', `log.info('x', { count: 1, email: 'canary@x.example' });`);
  expect(first).toMatchObject({ count: 1, msg: 'x' });
  expect(JSON.stringify(first)).not.toContain('canary');
});

test("writes only the type of a thrown value that isn't an error", async () => {
  const [first] = await written(
    'info',
    `log.error('x', { error: { email: 'canary@x.example' } });`,
  );
  expect(first).toMatchObject({ error: 'object' });
  expect(JSON.stringify(first)).not.toContain('canary');
});

test("drops what Slack's SDK logs below a warning, payloads included", () => {
  const log = memoryLog();
  const sdk = sdkLog(log);
  sdk.debug('{"text":"canary"}');
  sdk.info('canary');
  expect(log.lines).toEqual([]);
});

test.each([
  [
    ['http request failed', 'connect ECONNREFUSED 10.0.0.1:443'],
    'http request failed, ECONNREFUSED',
  ],
  [
    ['Failed to retrieve a new WSS URL (error: Error: An API error occurred: invalid_auth)'],
    'Failed to retrieve a new WSS URL, An API error occurred: invalid_auth',
  ],
  [
    ['must be less than 151 characters [json-pointer:/blocks/0/text/text] canary'],
    'must be less than 151 characters, [json-pointer:/blocks/0/text/text]',
  ],
  [
    ['Malformed request body: Unexpected token c, "canary" is not valid JSON'],
    'Malformed request body',
  ],
  [
    ["A pong wasn't received from the server before the timeout of 3000ms!"],
    "A pong wasn't received from the server before the timeout",
  ],
  [['superfluous_charset'], 'superfluous_charset'],
  [['canary', { payload: 'canary' }, new Error('canary')], 'not logged: it may contain data'],
])("keeps only the part of the SDK's warning %j that can't hold data", (parts, reason) => {
  const log = memoryLog();
  sdkLog(log).warn(...parts);
  sdkLog(log).error(...parts);
  expect(log.lines).toEqual([
    { level: 'warn', event: 'slack sdk', reason },
    { level: 'error', event: 'slack sdk', reason },
  ]);
});
