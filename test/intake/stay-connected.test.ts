import { afterEach, expect, test } from 'vitest';
import { createPulse, stayConnected } from '../../src/intake/stay-connected.ts';
import { CannotStart } from '../../src/lifecycle/cannot-start.ts';
import type { LocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { slackForTest } from '../sandbox/slack/harness.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';
import { socketReceiver } from '../support/socket-receiver.ts';

const OPEN = 'apps.connections.open';
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** The socket as the bot builds it, kept open until the test ends. */
function keep(slack: LocalSlack, giveUpAfterMs = 60_000) {
  const log: MemoryLog = memoryLog();
  const receiver = socketReceiver(slack, log);
  const stopping = new AbortController();
  const pulse = createPulse();
  const connections: boolean[] = [];
  const kept = stayConnected(receiver.client, {
    log,
    signal: stopping.signal,
    onConnection: (now) => void connections.push(now),
    giveUpAfterMs,
    pulse,
  });
  kept.catch(() => {}); // A test that expects a failure checks for it itself.
  const stop = async (): Promise<void> => {
    stopping.abort();
    await receiver.client.disconnect();
    await kept.catch(() => {});
  };
  ends.push(stop);
  return { kept, log, connections, stop, pulse };
}

test.each([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'missing_scope',
  'not_allowed_token_type',
  'team_disabled',
])(
  'fault-44 ends with one line when Slack refuses the socket for good (%s), without the token',
  async (error) => {
    const slack = await slackForTest();
    slack.misbehave({ method: OPEN, how: { kind: 'error', error } });
    const { kept } = keep(slack);
    const end = await kept.catch((thrown: unknown) => thrown);
    if (!(end instanceof CannotStart)) throw new Error(`no CannotStart: ${String(end)}`);
    expect(end.message).toMatch(
      new RegExp(`^Slack refuses Socket Mode \\(${error}\\)\\. Check .*$`),
    );
    expect(end.message).not.toContain(slack.appToken);
    expect(slack.calls(OPEN)).toHaveLength(1);
  },
);

test('fault-44 ends when it has had no connection for too long, and says why', async () => {
  const slack = await slackForTest();
  slack.misbehave({ method: OPEN, how: { kind: 'status', status: 503 } });
  const { kept } = keep(slack, 500);
  await expect(kept).rejects.toThrow(/^No connection to Slack for \d+ s \(.*503.*\)\. Exiting/);
});

test('fault-44 counts the limit from the loss of a connection, not from the start', async () => {
  const slack = await slackForTest();
  const { kept, connections } = keep(slack, 500);
  await slack.until(() => slack.connected(), { what: 'the connection' });
  await expect.poll(() => connections).toEqual([true]);
  slack.misbehave({ method: OPEN, how: { kind: 'error', error: 'internal_error' } });
  slack.dropSockets();
  await expect(kept).rejects.toThrow('internal_error');
  expect(connections).toEqual([true, false]);
});

test.each([
  ['a 503', { kind: 'status', status: 503 }],
  ['internal_error', { kind: 'error', error: 'internal_error' }],
  ['a rate limit', { kind: 'rate-limit', retryAfterSeconds: 1 }],
  ['a cut connection', { kind: 'reset', accept: false }],
] as const)('retries after %s', async (_, how) => {
  const slack = await slackForTest();
  slack.misbehave({ method: OPEN, times: 2, how });
  const { log, connections } = keep(slack);
  await slack.until(() => slack.connected(), { what: 'the connection' });
  await expect.poll(() => connections).toEqual([true]);
  expect(log.lines.map(({ event }) => event)).toEqual([
    'not connected to Slack, trying again',
    'not connected to Slack, trying again',
  ]);
});

test('fault-43 logs too_many_websockets, and connects when there is room', async () => {
  const slack = await slackForTest();
  const others = Array.from({ length: 10 }, () => keep(slack));
  await slack.until(() => slack.connections() === 10, { what: 'ten connections' });
  const { log, connections } = keep(slack);
  expect(await log.next('warn', /not connected/)).toMatchObject({ reason: 'too_many_websockets' });
  expect(connections).toEqual([]);
  await others[0]?.stop();
  await expect.poll(() => connections).toEqual([true]);
});

test.each(['warning', 'refresh_requested'] as const)(
  'reconnects when Slack asks for it (%s)',
  async (reason) => {
    const slack = await slackForTest();
    const { connections, log } = keep(slack);
    await slack.until(() => slack.connected(), { what: 'the connection' });
    slack.dropSockets(reason);
    await expect.poll(() => connections).toEqual([true, false, true]);
    expect(await log.next('warn', /not connected/)).toMatchObject({ reason });
  },
);

test('a successful Web API call ends the backoff, however long it has grown', async () => {
  const slack = await slackForTest();
  const undo = slack.misbehave({ method: OPEN, how: { kind: 'status', status: 503 } });
  const { log, pulse, connections } = keep(slack);
  const tries = () => log.lines.filter(({ event }) => event.startsWith('not connected')).length;
  // The fourth backoff takes 4 s.
  await expect.poll(tries, { timeout: 10_000 }).toBe(4);
  undo();
  const undoneAt = performance.now();
  pulse.beat();
  await expect.poll(() => connections, { timeout: 3_500 }).toEqual([true]);
  expect(performance.now() - undoneAt).toBeLessThan(3_000);
}, 20_000);

test("successful Web API calls don't cause a retry storm while no socket is available", async () => {
  const slack = await slackForTest();
  slack.misbehave({ method: OPEN, how: { kind: 'rate-limit', retryAfterSeconds: 3_600 } });
  const { log, pulse } = keep(slack, 3_600_000);
  await log.next('warn', /not connected/);
  for (let n = 0; n < 100; n++) pulse.beat();
  await slack
    .until(() => slack.calls(OPEN).length > 1, { what: 'another try', timeoutMs: 500 })
    .catch(() => {});
  expect(slack.calls(OPEN)).toHaveLength(1);
});

test('a stop ends the backoff', async () => {
  const slack = await slackForTest();
  slack.misbehave({ method: OPEN, how: { kind: 'rate-limit', retryAfterSeconds: 3_600 } });
  const { kept, log, stop } = keep(slack, 3_600_000);
  await log.next('warn', /not connected/);
  await stop();
  await kept;
});
