import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  connectDatabase,
  DatabaseError,
  type DatabaseSettings,
} from '../../src/adapters/supabase-client.ts';

const URL_ = 'https://project.supabase.test';
const server = setupServer();
let requests: { body: unknown; key: string | null }[] = [];
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => {
  server.resetHandlers();
  requests = [];
});
afterAll(() => server.close());

function answers(answer: () => Response | Promise<Response>): void {
  server.use(
    http.post(`${URL_}/rest/v1/rpc/lead_bot_claim`, async ({ request }) => {
      requests.push({ body: await request.json(), key: request.headers.get('apikey') });
      return answer();
    }),
  );
}

const claim = () =>
  connectDatabase({ url: URL_, key: 'sb_secret_key_canary' }).call(
    'lead_bot_claim',
    { p_alert_id: 'a', p_user: 'U1' },
    z.object({ ok: z.boolean() }),
  );

async function failureOf(answer: () => Response | Promise<Response>): Promise<DatabaseError> {
  answers(answer);
  const error = await claim().catch((thrown: unknown) => thrown);
  if (!(error instanceof DatabaseError)) throw new Error(`no DatabaseError: ${String(error)}`);
  return error;
}

const refusal =
  (status: number, code: string, message = 'no') =>
  () =>
    HttpResponse.json({ code, message, details: null, hint: null }, { status });

test('a call is one request with its arguments and the key, and parses the answer', async () => {
  answers(() => HttpResponse.json({ ok: true, more: 1 }));
  expect(await claim()).toEqual({ ok: true });
  expect(requests).toEqual([
    { body: { p_alert_id: 'a', p_user: 'U1' }, key: 'sb_secret_key_canary' },
  ]);
});

test.each([
  [401, 'PGRST301', 'check SUPABASE_KEY'],
  [401, 'PGRST302', 'check SUPABASE_KEY'],
  [401, 'PGRST303', 'check SUPABASE_KEY'],
  [404, 'PGRST202', 'run npm run db:apply'],
  [404, '42P01', 'a table, a column or a function that the bot reads is missing'],
  [500, '57014', 'exceeded statement_timeout'],
  [500, '55P03', 'timed out waiting for a lock'],
  [500, '25006', 'its disk may be full'],
  [503, 'PGRST002', "the API can't reach the database"],
])('%i %s comes with advice', async (status, code, advice) => {
  const error = await failureOf(refusal(status, code));
  expect(error).toMatchObject({ code, status });
  expect(error.message).toContain('lead_bot_claim: no');
  expect(error.message).toContain(advice);
  expect(error.message).toContain('npm run doctor shows more');
});

test.each([
  [503, 'PGRST000'],
  [503, 'PGRST001'],
  [503, 'PGRST002'],
  [504, 'PGRST003'],
  [500, '57014'],
  [400, 'P0001'],
  [400, '22P02'],
])(
  '%i %s comes with its code and is not retried, since the call may have run',
  async (status, code) => {
    const error = await failureOf(refusal(status, code));
    expect(error).toMatchObject({ code, status });
    expect(requests).toHaveLength(1);
  },
);

test.each(['40001', '40P01'])(
  'retries a call that Postgres rolled back (%s), up to three tries',
  async (code) => {
    let tries = 0;
    answers(() => (++tries < 3 ? refusal(500, code)() : HttpResponse.json({ ok: true })));
    expect(await claim()).toEqual({ ok: true });
    expect(await failureOf(refusal(500, code))).toMatchObject({ code });
    expect(requests).toHaveLength(6);
  },
);

test('an error says how long the call took, and without a code which answer it got', async () => {
  const startedAt = performance.now();
  const { message } = await failureOf(refusal(500, '57014'));
  const [, ms] =
    /\(after (\d+) ms: exceeded statement_timeout; npm run doctor shows more\)$/.exec(message) ??
    [];
  expect(Number(ms)).toBeLessThanOrEqual(Math.ceil(performance.now() - startedAt));
  const proxy = await failureOf(() => new HttpResponse('<html>', { status: 502 }));
  expect(proxy.message).toMatch(/\(HTTP 502 after \d+ ms\)$/);
  expect((await failureOf(() => HttpResponse.error())).message).toMatch(/ \(after \d+ ms\)$/);
});

test("doesn't blame the key for a missing right on a lead table", async () => {
  const denied = (what: string) => refusal(403, '42501', `permission denied for ${what}`);
  for (const what of [
    'table lead_scores',
    'view lead_dashboard',
    'function team_of',
    'schema crm',
  ]) {
    const { message } = await failureOf(denied(what));
    expect(message).toContain('may not read lead_dashboard or a table under it');
    expect(message).not.toContain('SUPABASE_KEY');
  }
  const { message } = await failureOf(denied('function lead_bot_claim'));
  expect(message).toContain('SUPABASE_KEY must be');
});

test("an error carries the database's Retry-After", async () => {
  const asks = (retryAfter: string) => () =>
    new HttpResponse('', { status: 503, headers: { 'retry-after': retryAfter } });
  expect(await failureOf(asks('7'))).toMatchObject({ retryAfterMs: 7_000 });
  expect(await failureOf(asks('soon'))).toMatchObject({ retryAfterMs: null });
  expect(await failureOf(asks('0'))).toMatchObject({ retryAfterMs: null });
  expect(await failureOf(refusal(503, 'PGRST001'))).toMatchObject({ retryAfterMs: null });
});

test.each([
  ['a page of HTML from a proxy', 502, '<html><body>Bad Gateway</body></html>'],
  ['an empty body', 503, ''],
  ['half an answer', 500, '{"code":"570'],
  ['a line of text', 521, 'Web server is down'],
  ['no body', 404, ''],
  ['a list', 404, '[]'],
  ['null', 500, 'null'],
  ['a number', 403, '7'],
  ['a word', 500, '"no"'],
  ["a gateway's object", 540, '{"code":540,"message":{"text":"paused"}}'],
  ['an object without a message', 401, '{}'],
])('%s is an error without a code and not retried', async (_, status, body) => {
  const error = await failureOf(() => new HttpResponse(body, { status }));
  expect(error).toMatchObject({ code: null, status });
  expect(requests).toHaveLength(1);
});

test.each([
  ['is not modified', 304],
  ['leads elsewhere', 300],
  ['is refused', 400],
])('an answer that %s (%i) is an error with its status', async (_, status) => {
  const error = await failureOf(() => new HttpResponse(null, { status }));
  expect(error).toMatchObject({ name: 'DatabaseError', code: null, status });
});

test('of a page from a proxy at most 1,000 characters are repeated', async () => {
  const page = `Down for maintenance ${'.'.repeat(5_000)}`;
  const { message } = await failureOf(() => new HttpResponse(page, { status: 503 }));
  expect(message).toMatch(/^lead_bot_claim: Down for maintenance \.{979} \(HTTP 503 /);
});

test('a call that is never answered times out after ten seconds', async () => {
  const limits: number[] = [];
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    limits.push(ms);
    return AbortSignal.abort(new DOMException('The operation timed out', 'TimeoutError'));
  });
  try {
    const error = await failureOf(() => new Promise<Response>(() => {}));
    expect(error).toMatchObject({ code: null, status: 0 });
    expect(limits).toEqual([10_000]);
  } finally {
    spy.mockRestore();
  }
});

test('a broken connection is an error without a code and not retried', async () => {
  const error = await failureOf(() => HttpResponse.error());
  expect(error).toMatchObject({ code: null, status: 0 });
  expect(requests).toHaveLength(1);
});

test('no error contains the key or the arguments', async () => {
  for (const answer of [refusal(401, 'PGRST301'), () => HttpResponse.error()]) {
    const error = await failureOf(answer);
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('canary');
  }
});

test.each([
  ['of another shape', '{"okay":true}', /^lead_bot_claim: .*different version.*npm run db:apply$/],
  ['that is null', 'null', /^lead_bot_claim: .*different version.*npm run db:apply$/],
  ['that is HTML with status 200', '<html></html>', /\(HTTP 200 after \d+ ms\)$/],
])('rejects an answer %s', async (_, body, words) => {
  answers(() => new HttpResponse(body, { headers: { 'content-type': 'application/json' } }));
  await expect(claim()).rejects.toThrow(words);
  expect(requests).toHaveLength(1);
});

test.each([
  ['a page', '<html>Please sign in</html>', 'text/html'],
  ['nothing', '', 'text/plain'],
  ['JSON labeled as text', '{"ok":true}', 'text/plain'],
])('rejects %s with status 200', async (_, body, type) => {
  const error = await failureOf(
    () => new HttpResponse(body, { headers: { 'content-type': type } }),
  );
  expect(error).toMatchObject({ code: null, status: 200 });
});

test('an empty success is called no answer', async () => {
  const { message } = await failureOf(() => new HttpResponse('', { status: 200 }));
  expect(message).toMatch(/^lead_bot_claim: no answer from the API \(HTTP 200 after /);
});

test('names the fields of an answer that it does not know', async () => {
  answers(() => HttpResponse.json({ okay: true }));
  await expect(claim()).rejects.toMatchObject({
    name: 'UnexpectedAnswer',
    cause: { issues: [{ path: ['ok'] }] },
  });
});

/** What the API gets with the only request of a call. */
async function headersWith(settings: Omit<DatabaseSettings, 'url'>): Promise<Headers> {
  const seen: Headers[] = [];
  server.use(
    http.post(`${URL_}/rest/v1/rpc/lead_bot_claim`, ({ request }) => {
      seen.push(request.headers);
      return HttpResponse.json({ ok: true });
    }),
  );
  const database = connectDatabase({ url: URL_, ...settings });
  await database.call('lead_bot_claim', {}, z.object({ ok: z.boolean() }));
  const [only, ...others] = seen;
  if (only === undefined || others.length > 0) throw new Error(`${seen.length} requests`);
  return only;
}

test.each([
  ['with its name', 'bot-1', 'bot-1'],
  ['without a name', undefined, null],
])('calls the database %s', async (_, bot, header) => {
  const headers = await headersWith({ key: 'sb_secret_key', bot });
  expect(headers.get('x-lead-alerts-bot')).toBe(header);
});

test.each([
  [
    "sends a role's token as bearer along with the project's publishable key",
    'token-of-lead-bot',
    ['sb_publishable_key', 'Bearer token-of-lead-bot'],
  ],
  [
    'sends a secret key alone, even if a publishable key is set',
    'sb_secret_key',
    ['sb_secret_key', 'Bearer sb_secret_key'],
  ],
])('%s', async (_, key, headers) => {
  const sent = await headersWith({ key, publishableKey: 'sb_publishable_key' });
  expect([sent.get('apikey'), sent.get('authorization')]).toEqual(headers);
});
