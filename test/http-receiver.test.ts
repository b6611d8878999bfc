import { createHmac } from 'node:crypto';
import { App } from '@slack/bolt';
import { expect, onTestFinished, test } from 'vitest';
import type { SeenRequests } from '../src/core/ports.ts';
import { strictReceiver } from '../src/http-receiver.ts';
import { memoryLog } from './support/memory-log.ts';
import { quietSdk } from './support/slack-api.ts';

const SECRET = 'a'.repeat(32);

async function stage(seen: SeenRequests) {
  const log = memoryLog();
  const receiver = strictReceiver({
    signingSecret: SECRET,
    port: 0,
    customRoutes: [],
    logger: quietSdk,
    seen,
    log,
  });
  const app = new App({ receiver, token: 'xoxb-test', botId: 'B', botUserId: 'U' });
  let pressed = 0;
  app.action('button', async ({ ack }) => {
    pressed += 1;
    await ack();
  });
  const server = await receiver.start(0);
  onTestFinished(() => receiver.stop());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const startedAt = String(Math.floor(Date.now() / 1_000));
  /** The same words twice are the same request twice. */
  const send = (nonce: string, secret = SECRET): Promise<number> =>
    post(press(nonce), 'application/json', secret);
  const press = (nonce: string): string =>
    JSON.stringify({
      type: 'block_actions',
      nonce,
      user: { id: 'U0ADA' },
      team: { id: 'T0' },
      actions: [{ type: 'button', action_id: 'button', block_id: 'b' }],
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
  return { send, post, log, pressed: () => pressed };
}

test.each([
  ['fails', () => Promise.reject(new Error('away'))],
  ['does not answer', () => new Promise<never>(() => {})],
])('while the database %s, gestures go through and a log line says so once', async (_, isFirst) => {
  const { send, log, pressed } = await stage({ isFirst });
  expect([await send('one'), await send('two')]).toEqual([200, 200]);
  expect(pressed()).toBe(2);
  const lines = log.lines.filter(({ event }) => event.startsWith('could not ask the database'));
  expect(lines).toHaveLength(1);
});

test('without the database a bot still takes the same request once', async () => {
  const { send, pressed } = await stage({ isFirst: () => Promise.reject(new Error('away')) });
  expect([await send('one'), await send('one')]).toEqual([200, 401]);
  expect(pressed()).toBe(1);
});

test('what another bot has taken is refused', async () => {
  const { send, pressed } = await stage({ isFirst: async () => false });
  expect(await send('one')).toBe(401);
  expect(pressed()).toBe(0);
});

test('a request that nobody has signed is not even asked about', async () => {
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
  'a signed request that holds %j instead of an object: 400, as JSON and as a payload',
  async (text) => {
    const { post, send, pressed } = await stage({ isFirst: async () => true });
    const form = `payload=${encodeURIComponent(text)}`;
    expect(await post(text, 'application/json')).toBe(400);
    expect(await post(form, 'application/x-www-form-urlencoded')).toBe(400);
    expect(await send('after')).toBe(200);
    expect(pressed()).toBe(1);
  },
);
