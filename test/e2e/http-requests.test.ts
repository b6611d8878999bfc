import { createHmac } from 'node:crypto';
import { createServer, request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { alertOf } from '../support/leads.ts';
import { freePort, listen } from '../support/listen.ts';
import { ALICE, BEN, HOT_LEADS, message, onMessage, startWorld } from '../support/world.ts';

const { slack, db, http, logged, startAnother } = await startWorld({ http: true });
const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
const alert = await alertOf(db, 'velocitypay.io');
const inSeconds = (seconds: number): string => String(Math.floor(Date.now() / 1_000) + seconds);

interface Sent {
  body?: string;
  timestamp?: string;
  secret?: string;
  headers?: Record<string, string>;
  to?: string;
}

/** Slack's payload for a press of Claim lead; `nonce` makes it unique. */
function claimBy(user: string, nonce: string): string {
  const payload = {
    type: 'block_actions',
    user: { id: user, team_id: slack.team.id },
    team: { id: slack.team.id },
    trigger_id: nonce,
    container: { type: 'message', channel_id: HOT_LEADS, message_ts: card.ts },
    channel: { id: HOT_LEADS },
    actions: [{ type: 'button', block_id: 'b', action_id: ids.claim, value: alert }],
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

function signed({ body = '', timestamp = inSeconds(0), secret = slack.signingSecret }: Sent) {
  const hash = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${hash}` };
}

async function send(sent: Sent): Promise<number> {
  const response = await fetch(`${sent.to ?? http}/slack/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...signed(sent),
      ...sent.headers,
    },
    body: sent.body ?? '',
  });
  return response.status;
}

/** Not `fetch`, which normalizes the path. */
const sendTo = (path: string, sent: Sent) =>
  new Promise<number | undefined>((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...signed(sent) };
    request(http, { path, method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end(sent.body);
  });

const listens = (address: string) =>
  expect
    .poll(() =>
      fetch(`${address}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    .toBe(true);

test('listens', () => listens(http));

const claims = () =>
  db.sql<{ actor: string }>(
    `select actor from lead_bot.alert_events where kind = 'claimed' order by id`,
  );

/** Sends a valid claim and release, after which everything sent before has been handled. */
async function claimAndRelease(user: string, nonce: string, before: number): Promise<void> {
  expect(await send({ body: claimBy(user, nonce) })).toBe(200);
  const claimed = await message(slack, HOT_LEADS, 'VelocityPay', `Claimed by @${user}`);
  expect(await claims()).toHaveLength(before + 1);
  await slack.press(user, onMessage(claimed), {
    actionId: ids.more,
    option: `${ids.release}:${alert}`,
  });
  await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
}

const body = claimBy(ALICE, 'forged');
const { 'x-slack-signature': good } = signed({ body: 'another body' });

test.each<[string, Sent]>([
  ['without a signature', { headers: { 'x-slack-signature': '' } }],
  ['with the signature of another body', { headers: { 'x-slack-signature': good } }],
  ['signed with another secret', { body, secret: 'not-the-secret-of-this-app' }],
  ['signed with an empty secret', { body, secret: '' }],
  ['without a timestamp', { headers: { 'x-slack-request-timestamp': '' } }],
  ['with a malformed timestamp', { timestamp: 'NaN' }],
  [
    'with the timestamp of another request',
    { headers: { 'x-slack-request-timestamp': inSeconds(-1) } },
  ],
  ['with an unknown signature version', { headers: { 'x-slack-signature': 'v1=00' } }],
])('fault-47 answers a request %s with 401', async (_, sent) => {
  expect(await send({ body, ...sent })).toBe(401);
});

test('fault-47 does not start without a signing secret, and says what is missing', async () => {
  for (const secret of ['', 'short']) {
    const bot = await startAnother({ SLACK_SIGNING_SECRET: secret });
    await bot.ended;
    expect(bot.exitCode()).toBe(1);
    expect(bot.tail()).toContain('SLACK_SIGNING_SECRET');
  }
});

test('fault-47 has done nothing for the forged requests', async () => {
  await claimAndRelease(BEN, 'after the forged ones', 0);
});

test('fault-48 answers a replay with 401, also at another bot and in another spelling', async () => {
  const replayed = { body: claimBy(ALICE, 'once'), timestamp: inSeconds(0) };
  expect(await send(replayed)).toBe(200);
  const claimed = await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0ALICE');
  await slack.press(ALICE, onMessage(claimed), {
    actionId: ids.more,
    option: `${ids.release}:${alert}`,
  });
  await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');

  const { 'x-slack-signature': signature } = signed(replayed);
  const { timestamp } = replayed;
  expect(await send(replayed)).toBe(401);
  const spelled = [
    { 'x-slack-signature': `${signature}=again` },
    { 'x-slack-signature': signature.toUpperCase() },
    { 'x-slack-request-timestamp': `0${timestamp}` },
    { 'x-slack-request-timestamp': `${timestamp}.0` },
  ];
  for (const headers of spelled) expect(await send({ ...replayed, headers })).toBe(401);
  expect(await sendTo('/slack/./events', replayed)).toBe(401);

  const port = String(await freePort());
  await startAnother({ PORT: port });
  await listens(`http://127.0.0.1:${port}`);
  expect(await send({ ...replayed, to: `http://127.0.0.1:${port}` })).toBe(401);
  await claimAndRelease(BEN, 'after the replay', 2);
});

test('fault-49 answers a request older than five minutes, or dated in the future, with 401', async () => {
  for (const seconds of [-6 * 60, 2 * 60, 10 * 365 * 24 * 3600]) {
    const sent = { body: claimBy(ALICE, `at ${seconds}`), timestamp: inSeconds(seconds) };
    expect(await send(sent)).toBe(401);
  }
  const early = { body: claimBy(ALICE, 'clock'), timestamp: inSeconds(30) };
  expect(await send(early)).toBe(200);
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0ALICE');
  const clock = logged.filter((line) => line.includes("this machine's clock is wrong"));
  expect(clock.map((line) => JSON.parse(line).reason)).toEqual(['too old', 'dated in the future']);
});

test('fault-46 answers a signed command only in Slack, whatever its response_url', async () => {
  const taken: string[] = [];
  const elsewhere = createServer((request, response) => {
    taken.push(request.url ?? '');
    response.end();
  });
  const port = await listen(elsewhere);
  onTestFinished(() => void elsewhere.close());
  const urls = [
    `http://127.0.0.1:${port}/lead`,
    `${slack.apiUrl.replace(/^http:\/\//, `http://127.0.0.1:${port}@`)}`,
    'http://hooks.slack.com.evil.example/commands/1',
    'no url at all',
    '',
  ];
  for (const response_url of urls) {
    const before = slack.privateAnswers(ALICE).length;
    const command = {
      command: '/lead',
      text: 'velocitypay.io',
      user_id: ALICE,
      channel_id: HOT_LEADS,
    };
    const body = new URLSearchParams({ ...command, response_url }).toString();
    expect(await send({ body })).toBe(200);
    await expect.poll(() => slack.privateAnswers(ALICE).length).toBe(before + 1);
  }
  expect(taken).toEqual([]);
});

test('fault-50 survives unreadable requests without filling the log', async () => {
  const before = logged.length;
  for (let n = 0; n < 30; n++) expect(await sendTo('//', { body })).toBe(404);
  for (const text of ['null', '1', '[]', '"x"', '{"type":"url_verification","challenge":{}}']) {
    const headers = { 'content-type': 'application/json' };
    expect(await send({ body: text, headers })).toBe(400);
    expect(await send({ body: `payload=${encodeURIComponent(text)}` })).toBe(400);
  }
  for (const text of [
    '{"event":null}',
    '{"type":"block_actions","actions":null}',
    '{"view":null}',
  ]) {
    expect(await send({ body: `payload=${encodeURIComponent(text)}` })).toBe(200);
  }
  expect(logged.length - before).toBeLessThan(8);
  await listens(http);
});

test('fault-50 answers a body above one megabyte with 413, signed or not', async () => {
  const large = `payload=${'x'.repeat(1024 * 1024)}`;
  expect(await send({ body: large })).toBe(413);
  expect(await send({ body: large, secret: 'not-the-secret' })).toBe(413);
});

test('fault-50 does nothing for a gesture hidden in an ssl_check', async () => {
  const before = await claims();
  const smuggled = `ssl_check=1&${claimBy(BEN, 'smuggled')}`;
  expect(await send({ body: smuggled, headers: { 'x-slack-signature': '' } })).toBe(200);
  expect(
    await send({ body: `${claimBy(BEN, 'last')}&ssl_check=1&ssl_check=1`, secret: 'no' }),
  ).toBe(401);
  const owned = await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0ALICE');
  await slack.press(ALICE, onMessage(owned), {
    actionId: ids.more,
    option: `${ids.release}:${alert}`,
  });
  await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  expect(await claims()).toEqual(before);
});
