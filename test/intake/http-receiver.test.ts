import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import type { SeenRequests } from '../../src/core/ports.ts';
import { strictReceiver } from '../../src/intake/http-receiver.ts';
import { healthRoutes, SERVER_LIMITS } from '../../src/ops/health.ts';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import { ALERT, stage as listenerStage } from '../listeners/stage.ts';
import { memoryLog } from '../support/memory-log.ts';

const SECRET = 'a'.repeat(32);

async function stage(seen: SeenRequests) {
  const log = memoryLog();
  /** What the SDK logs. */
  const sdk = memoryLog();
  const receiver = strictReceiver({
    signingSecret: SECRET,
    port: 0,
    customRoutes: healthRoutes(() => []),
    logger: sdkLog(sdk),
    seen,
    log,
  });
  const { order } = listenerStage(null, undefined, receiver);
  const pressed = () => order.filter((step) => step === 'claim').length;
  const server = await receiver.start(0, SERVER_LIMITS);
  onTestFinished(() => receiver.stop());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const startedAt = String(Math.floor(Date.now() / 1_000));
  /** Sending the same text twice sends the same request twice. */
  const send = (nonce: string, secret = SECRET): Promise<number> =>
    post(press(nonce), 'application/json', secret);
  const press = (nonce: string): string =>
    JSON.stringify({
      type: 'block_actions',
      nonce,
      user: { id: 'U0ADA' },
      team: { id: 'T0' },
      container: { type: 'message', channel_id: 'C0' },
      actions: [{ type: 'button', action_id: ids.claim, block_id: 'b', value: ALERT }],
    });
  const post = async (body: string, contentType: string, secret = SECRET): Promise<number> => {
    const timestamp = startedAt;
    const hash = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    const answer = await fetch(`http://127.0.0.1:${address.port}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${hash}`,
      },
      body,
    });
    return answer.status;
  };
  /** Sends raw text on its own connection. Returns whatever came back. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let received = '';
      const socket = connect(address.port, '127.0.0.1', () => socket.end(text));
      socket.on('data', (data) => {
        received += String(data);
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(received));
    });
  return { send, post, raw, log, sdk, port: address.port, pressed };
}

const taking: SeenRequests = { isFirst: async () => true };

test('keeps an idle connection for longer than a balancer reuses it', async () => {
  const { port } = await stage(taking);
  const answered = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(answered.headers.get('keep-alive')).toBe('timeout=75');
});

test.each([
  ['fails', () => Promise.reject(new Error('away'))],
  ['does not answer', () => new Promise<never>(() => {})],
])('lets gestures through while the database %s, and logs it once', async (_, isFirst) => {
  const { send, log, pressed } = await stage({ isFirst });
  expect([await send('one'), await send('two')]).toEqual([200, 200]);
  expect(pressed()).toBe(2);
  const lines = log.lines.filter(({ event }) =>
    event.startsWith('could not check whether another bot'),
  );
  expect(lines).toHaveLength(1);
});

test('refuses a repeated request even without the database', async () => {
  const { send, pressed } = await stage({ isFirst: () => Promise.reject(new Error('away')) });
  expect([await send('one'), await send('one')]).toEqual([200, 401]);
  expect(pressed()).toBe(1);
});

test('refuses a request that another bot has taken', async () => {
  const { send, pressed } = await stage({ isFirst: async () => false });
  expect(await send('one')).toBe(401);
  expect(pressed()).toBe(0);
});

test('checks the signature before it asks the database', async () => {
  const asked: string[] = [];
  const { send } = await stage({
    isFirst: async (fingerprint) => {
      asked.push(fingerprint);
      return true;
    },
  });
  expect(await send('forged', 'b'.repeat(32))).toBe(401);
  expect(asked).toEqual([]);
  expect(await send('signed')).toBe(200);
  expect(asked).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
});

test.each(['null', '1', '"text"', '[]', 'true', '{', ''])(
  'answers a signed request that holds %j instead of an object with 400, as JSON and as a payload',
  async (text) => {
    const { post, send, pressed } = await stage({ isFirst: async () => true });
    const form = `payload=${encodeURIComponent(text)}`;
    expect(await post(text, 'application/json')).toBe(400);
    expect(await post(form, 'application/x-www-form-urlencoded')).toBe(400);
    expect(await send('after')).toBe(200);
    expect(pressed()).toBe(1);
  },
);

const HOST = 'HTTP/1.1\r\nhost: bot.example\r\n';
const close = `${HOST}connection: close\r\n\r\n`;

test.each([
  'GET // ',
  'GET //[ ',
  'GET / ',
  'GET /%ZZ%C0 ',
  'GET /healthz%ZZ ',
  'POST // ',
  'POST /slack/events/../admin ',
  'GET /slack/events ',
  'PUT /slack/events ',
  'GET http:// ',
  'GET http://[::1 ',
  'GET https://evil.example:99999/ ',
  'OPTIONS * ',
  'PROPFIND / ',
  'TRACE /healthz ',
])('fault-50 answers %j with 404 and logs repeats once', async (line) => {
  const { raw, log, sdk } = await stage(taking);
  const received = await Promise.all(Array.from({ length: 20 }, () => raw(`${line}${close}`)));
  for (const one of received) expect(one).toMatch(/^HTTP\/1\.1 404 /);
  expect(log.lines).toEqual([
    { level: 'warn', event: 'a request was refused', reason: 'not found' },
  ]);
  expect(sdk.lines).toEqual([]);
});

test('fault-50 turns away malformed HTTP and tunnels without an error in the log, and keeps answering', async () => {
  const { raw, send, log, sdk, pressed } = await stage(taking);
  const header = (text: string) => `GET /healthz ${HOST}${text}\r\n\r\n`;
  const received = [
    '\u0016\u0003\u0001\u0002\u0000',
    'GET /healthz HTTP/9.9\r\n\r\n',
    `CONNECT evil.example:443 ${HOST}\r\n`,
    header(`x: ${'x'.repeat(100_000)}`),
    header(Array.from({ length: 5_000 }, (_, n) => `x${n}: 1`).join('\r\n')),
    header('transfer-encoding: chunked\r\ncontent-length: 5'),
    `POST /slack/events ${HOST}content-length: -1\r\n\r\n`,
    `POST /slack/events ${HOST}content-length: 10\r\n\r\nhalf`,
    `POST /slack/events ${HOST}transfer-encoding: chunked\r\n\r\nZZ\r\n`,
    `POST /slack/events ${HOST}expect: the unexpected\r\n\r\n`,
    'GET /healthz HTTP/1.0\r\n\r\nGET // HTTP/1.0\r\n\r\n',
    `${'GET /healthz '}${HOST}\r\n${'\u0000garbage'.repeat(1_000)}`,
    '',
  ].map(raw);
  for (const one of await Promise.all(received)) expect(one).not.toMatch(/HTTP\/1\.1 5/);
  const upgrade = await raw(header('upgrade: websocket\r\nconnection: upgrade, close'));
  expect(upgrade).not.toMatch(/HTTP\/1\.1 (?:101|5)/);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(sdk.lines).toEqual([]);
  expect(await send('after')).toBe(200);
  expect(pressed()).toBe(1);
});

test.each([
  ['a text', { challenge: 'abc' }, 200],
  ['nothing', {}, 400],
  ['a number', { challenge: 7 }, 400],
  ['100 kB', { challenge: 'x'.repeat(100_000) }, 400],
])('a signed challenge that is %s: %s → %s', async (_, more, status) => {
  const { post } = await stage(taking);
  const body = JSON.stringify({ type: 'url_verification', ...more });
  expect(await post(body, 'application/json')).toBe(status);
});

test('survives signed JSON nested a hundred thousand levels deep', async () => {
  const { post, send, pressed } = await stage(taking);
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const bodies = [
    deep,
    `{"type":"url_verification","challenge":${deep}}`,
    `{"type":"block_actions","user":${deep}}`,
    `{"event":${deep}}`,
  ];
  for (const body of bodies) {
    expect(await post(body, 'application/json')).toBeLessThan(500);
    const form = `payload=${encodeURIComponent(body)}`;
    expect(await post(form, 'application/x-www-form-urlencoded')).toBeLessThan(500);
  }
  expect(await send('after')).toBe(200);
  expect(pressed()).toBe(1);
});

test('acknowledges a signed form with repeated or unknown fields', async () => {
  const { post, send, pressed } = await stage(taking);
  const forms = [
    'command=%2Flead&command=%2Flead&user_id=U0ADA',
    'command=%2Flead&user_id=U0ADA&user_id=U0BEN',
    'command=%2Flead&user_id=U0ADA&text=hot&text=mine&channel_id=C0&channel_id=C1',
    'command=%2Flead&user_id=U0ADA&response_url=a&response_url=b',
    'command=%2Flead&user_id=__proto__&team_id=__proto__',
    'payload=%7B%7D&payload=%7B%7D',
    'type=block_actions&actions=x&user=x',
    'event=x&__proto__=x&constructor=x',
    '=&=&&&%',
    '',
  ];
  for (const form of forms) {
    expect(await post(form, 'application/x-www-form-urlencoded')).toBe(200);
  }
  expect(await send('after')).toBe(200);
  expect(pressed()).toBe(1);
});

test('answers the next request on the connection after a body that is too large', async () => {
  const { port } = await stage(taking);
  const large = 'x'.repeat(3_000_000);
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.on('data', (data) => {
    received += String(data);
  });
  socket.write(`POST /slack/events ${HOST}content-length: ${large.length}\r\n\r\n${large}`);
  socket.write(`GET /healthz ${HOST}\r\n`);
  await expect.poll(() => received).toMatch(/^HTTP\/1\.1 413 .*HTTP\/1\.1 200 /s);
});

test('cuts connections off when unfinished bodies add up to too much memory', async () => {
  const { port, send, pressed } = await stage(taking);
  const body = Buffer.alloc(1_000_000, 'x');
  const slow = Array.from({ length: 60 }, () => {
    const headers = { 'content-length': body.length + 1 };
    const one = request({ port, method: 'POST', path: '/slack/events', headers });
    const cut = new Promise<boolean>((resolve) => {
      one.on('error', () => resolve(true));
      onTestFinished(() => void one.destroy());
    });
    one.write(body);
    return { one, cut };
  });
  expect(await Promise.race(slow.map(({ cut }) => cut))).toBe(true);
  for (const { one } of slow) one.destroy();
  await expect.poll(() => send(String(Math.random())).catch(() => 0)).toBe(200);
  expect(pressed()).toBeGreaterThan(0);
});
