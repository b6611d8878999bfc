import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { freePort, listen } from '../support/listen.ts';
import { HOT_LEADS, message, startWorld } from '../support/world.ts';

const { slack, db, logged, startAnother } = await startWorld({ replicas: 0 });
const expired = db.keyFor('lead_bot', { expiresIn: -3_600 });

/**
 * A gateway that swaps in an expired token on demand. `refusals` is how many requests then go through to be refused;
 * later ones wait until the token is valid again.
 */
const gateway = { tokenExpired: false, refusals: Number.POSITIVE_INFINITY, requests: 0 };
const waiting: (() => void)[] = [];
function restoreToken(): void {
  gateway.tokenExpired = false;
  for (const go of waiting.splice(0)) go();
}

const server = createServer(async (request, response) => {
  gateway.requests += 1;
  if (gateway.tokenExpired) {
    gateway.refusals -= 1;
    if (gateway.refusals < 0) await new Promise<void>((resolve) => waiting.push(resolve));
  }
  const { authorization = '', apikey = '', 'content-type': type = '' } = request.headers;
  const answer = await fetch(`${db.url}${request.url}`, {
    method: request.method ?? 'GET',
    headers: {
      authorization: gateway.tokenExpired ? `Bearer ${expired}` : authorization,
      apikey: String(apikey),
      'content-type': type,
    },
    ...(request.method === 'POST' ? { body: await text(request) } : {}),
  });
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(await answer.text());
});
const port = await listen(server);
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function startBehindGateway() {
  const health = await freePort();
  const bot = await startAnother({
    SUPABASE_URL: `http://127.0.0.1:${port}`,
    PORT: String(health),
  });
  const readyz = async () => {
    const answer = await fetch(`http://127.0.0.1:${health}/readyz`).catch(() => null);
    return answer === null ? 'no answer' : `${answer.status} ${await answer.text()}`;
  };
  await expect.poll(readyz).toContain('200');
  return { bot, readyz };
}

test('fault-31 exits with 1 and one line when the token has expired at the start, without trying another key', async () => {
  const bot = await startAnother({ SUPABASE_KEY: expired, DATABASE_URL: db.databaseUrl });
  await bot.ended;
  expect(bot.exitCode()).toBe(1);
  expect(bot.tail()).toMatch(/^SUPABASE_KEY .*expired/m);
  expect(await db.sql('select * from lead_bot.poll_state')).toEqual([]);
  expect(slack.messages(HOT_LEADS)).toEqual([]);
});

test('fault-31 is not ready while the token is refused, then goes on', async () => {
  const { bot, readyz } = await startBehindGateway();
  await message(slack, HOT_LEADS, 'VelocityPay');
  Object.assign(gateway, { tokenExpired: true, refusals: 2 });
  await expect.poll(readyz).toMatch(/^503 .*SUPABASE_KEY/);
  restoreToken();
  await expect.poll(readyz).toContain('200');
  expect(bot.hasEnded()).toBe(false);
  await bot.stop();
});

test('fault-31 reports a token that expires while running, does not hammer, and exits with 1', async () => {
  const { bot } = await startBehindGateway();
  const soFar = logged.length;
  const before = gateway.requests;
  Object.assign(gateway, { tokenExpired: true, refusals: Number.POSITIVE_INFINITY });
  await bot.ended;
  expect(bot.exitCode()).toBe(1);
  const errors = logged.slice(soFar).filter((line) => line.includes('"level":50'));
  expect(errors.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      msg: 'the database refuses the bot',
      advice: expect.stringContaining('SUPABASE_KEY'),
    }),
    expect.objectContaining({ msg: 'exiting: the database refuses the bot' }),
  ]);
  // One poll a second in these tests, and a deliverer that backs off.
  expect(gateway.requests - before).toBeLessThan(60);
});
