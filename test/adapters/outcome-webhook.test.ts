import { expect, test, vi } from 'vitest';
import { fingerprintOf, outcomeWebhook } from '../../src/adapters/outcome-webhook.ts';
import type { OutcomeEvent } from '../../src/core/outcome-event.ts';
import { freePort } from '../support/listen.ts';
import { readSource, sourceFiles } from '../support/source-files.ts';
import { answers, webhookReceiver } from '../support/webhook-receiver.ts';

const crm = await webhookReceiver();
/** A tenth of a second is long enough for a machine's own answers. */
const webhook = (changes: { url?: string; answersWithinMs?: number } = {}) =>
  outcomeWebhook({ url: crm.url, secret: crm.secret, answersWithinMs: 2_000, ...changes });

/** A failure of fetch whose cause has this code. */
const coded = (code: unknown): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('token=1'), { code }) });

const event = (id = 'evt-1'): OutcomeEvent => ({
  id,
  alertId: 'a1',
  type: 'lead.claimed',
  body: JSON.stringify({
    type: 'lead.claimed',
    timestamp: '2026-03-02T09:00:00.000Z',
    data: { alert_id: 'a1', sequence: 2, company: { domain: 'müller.example', name: 'Müller 🎉' } },
  }),
});

test('an event arrives once, signed, with its id, as it was', async () => {
  expect(await webhook().send(event('evt-signed'))).toEqual({ kind: 'delivered' });
  const [request, ...others] = crm.received.filter(({ id }) => id === 'evt-signed');
  expect(others).toEqual([]);
  expect(crm.forged).toEqual([]);
  expect(request?.body).toBe(event().body);
  expect(request?.headers['content-type']).toBe('application/json');
  expect(request?.headers['user-agent']).toBe('lead-alerts');
});

test('receivers are told apart by a hash, which is the same after a restart', () => {
  // printf https://crm.example/hook | sha256sum
  expect(fingerprintOf('https://crm.example/hook')).toBe(
    '49437885bc8bbfee3a8ea25ab9a33322202b01933a4490de9931cf3b23ee0084',
  );
});

test('a receiver with another secret can tell that it is not from us', async () => {
  const other = await webhookReceiver(`whsec_${Buffer.alloc(32, 'other').toString('base64')}`);
  await webhook({ url: other.url }).send(event());
  expect([other.received, other.forged.length]).toEqual([[], 1]);
});

test.each([200, 201, 202, 204])('HTTP %i is delivered', async (status) => {
  crm.next(answers.status(status));
  expect(await webhook().send(event())).toEqual({ kind: 'delivered' });
});

test.each([400, 401, 404, 422, 500, 502, 503])('HTTP %i is sent again', async (status) => {
  crm.next(answers.status(status));
  expect(await webhook().send(event())).toEqual({
    kind: 'failed',
    reason: `HTTP ${status}`,
    retryAfterMs: null,
  });
});

test('HTTP 410 means that the receiver is gone', async () => {
  crm.next(answers.status(410));
  expect(await webhook().send(event())).toMatchObject({ kind: 'gone', reason: 'HTTP 410' });
});

test.each([301, 302, 303, 307, 308])(
  'a redirect (%i) is a failure, and is not followed',
  async (status) => {
    const before = crm.received.length;
    crm.next(answers.status(status, { location: `${crm.url}/elsewhere` }));
    expect(await webhook().send(event())).toMatchObject({
      kind: 'failed',
      reason: `HTTP ${status}`,
    });
    expect(crm.received).toHaveLength(before + 1);
  },
);

test('how long to wait may be said in seconds or as a date', async () => {
  crm.next(answers.status(429, { 'retry-after': '120' }));
  expect(await webhook().send(event())).toMatchObject({ retryAfterMs: 120_000 });
  const date = new Date(Date.now() + 600_000).toUTCString();
  crm.next(answers.status(503, { 'retry-after': date }));
  const result = await webhook().send(event());
  const { retryAfterMs } = result.kind === 'delivered' ? { retryAfterMs: 0 } : result;
  expect(retryAfterMs).toBeGreaterThan(590_000);
  expect(retryAfterMs).toBeLessThanOrEqual(600_000);
});

test.each(['', 'soon', '-5', '0', '9999999999', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
  'a Retry-After of "%s" is none',
  async (text) => {
    crm.next(answers.status(429, { 'retry-after': text }));
    expect(await webhook().send(event())).toMatchObject({ kind: 'failed', retryAfterMs: null });
  },
);

test('a receiver that does not answer in time has failed', async () => {
  crm.next(answers.silence);
  expect(await webhook({ answersWithinMs: 200 }).send(event())).toMatchObject({
    kind: 'failed',
    reason: 'no answer in time',
  });
});

test('a connection that is cut off before an answer is a failure', async () => {
  crm.next(answers.cutOff);
  const result = await webhook().send(event());
  expect(result.kind).toBe('failed');
});

test('a connection that is cut off in the middle of a good answer is delivered', async () => {
  crm.next(answers.cutOffAfterStatus);
  expect(await webhook().send(event())).toEqual({ kind: 'delivered' });
});

test('of a huge answer only a little is read', async () => {
  let written = 0;
  let isCut = false;
  crm.next((response) => {
    response.on('close', () => {
      isCut = true;
    });
    response.writeHead(200);
    const more = (): void => {
      if (response.destroyed || written > 500_000_000) return;
      written += 65_536;
      response.write(Buffer.alloc(65_536), more);
    };
    more();
  });
  expect(await webhook({ answersWithinMs: 60_000 }).send(event())).toEqual({ kind: 'delivered' });
  await expect.poll(() => isCut).toBe(true);
  expect(written).toBeLessThan(50_000_000);
});

test('an answer that never ends takes no longer than one that never comes', async () => {
  crm.next((response) => {
    response.writeHead(200);
    response.write('{');
  });
  const startedAt = performance.now();
  expect(await webhook({ answersWithinMs: 300 }).send(event())).toEqual({ kind: 'delivered' });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test('a receiver that is down is a failure with a code, and without the URL', async () => {
  const url = `http://127.0.0.1:${await freePort()}/hook?token=secret`;
  expect(await webhook({ url }).send(event())).toEqual({
    kind: 'failed',
    reason: 'ECONNREFUSED',
    retryAfterMs: null,
  });
});

test.each<[string, unknown, string]>([
  ['a code of the network', coded('ECONNRESET'), 'ECONNRESET'],
  ['a text in place of a code', coded('to http://crm.example/?token=1'), 'TypeError'],
  ['a code with something before it', coded('token=1 ECONNRESET'), 'TypeError'],
  ['a code with something after it', coded('ECONNRESET token=1'), 'TypeError'],
  ['a code that is a number', coded(42), 'TypeError'],
  ['a cause that is no error', new TypeError('fetch failed', { cause: 'token=1' }), 'TypeError'],
  ['something else than an error', 'token=1', 'unknown'],
])('of %s the reason is a code, a class or unknown', async (_, thrown, reason) => {
  const failing = vi.spyOn(globalThis, 'fetch').mockRejectedValueOnce(thrown);
  const result = await webhook().send(event());
  failing.mockRestore();
  expect(result).toEqual({ kind: 'failed', reason, retryAfterMs: null });
});

test('the library is loaded with the first event, not with the bot', () => {
  const importing = sourceFiles('src').filter((file) =>
    /from 'standardwebhooks'/.test(readSource(file)),
  );
  expect(importing).toEqual([]);
});
