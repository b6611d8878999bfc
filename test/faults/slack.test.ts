import { expect, test } from 'vitest';
import { slackMessenger } from '../../src/adapters/slack-messenger.ts';
import { readHealth } from '../../src/adapters/supabase-upkeep.ts';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { faultStage, HISTORY, POST, type Ports, UPDATE, until } from '../support/fault-stage.ts';
import { addLead } from '../support/leads.ts';
import { memoryLog } from '../support/memory-log.ts';

const stage = await faultStage();
const {
  db,
  slack,
  startReplica,
  addHotLead,
  failSlack,
  claim,
  cards,
  postCount,
  waitForCard,
  waitForRow,
  advance,
  row,
  runUntilQuiet,
} = stage;

const looks = () => slack().calls(HISTORY).length;

/** All calls to Slack, in order. */
const sequence = () =>
  slack()
    .calls()
    .map(({ method }) => method);
/** Ends with the second post, and the recheck a minute later. */
const LOOKED_FOR_TWICE = [POST, HISTORY, HISTORY, POST, HISTORY];

/** The URL of a Slack that is gone. */
async function closedPort(): Promise<string> {
  const gone = await startLocalSlack();
  await gone.close();
  return gone.apiUrl;
}

/** Seconds until the only message is retried, by the database's clock. */
async function waitSeconds(): Promise<number> {
  const [only] = await db.sql<{ s: string }>(
    `select extract(epoch from greatest(m.next_try_at, c.next_post_at) - now()) as s
       from lead_bot.messages m join lead_bot.channels c on c.channel = m.channel`,
  );
  return Number(only?.s);
}

test('fault-12 429 with Retry-After: charges no attempt, and waits at least that long', async () => {
  failSlack(POST, { kind: 'rate-limit', retryAfterSeconds: 30 });
  await addHotLead();
  const { log } = startReplica();
  await log.next('warn', /not shown/);
  await waitForRow({ lease_token: null });
  expect(await row()).toMatchObject({ state: 'pending', attempts: 0, attempted_at: null });
  const wait = await waitSeconds();
  expect(wait).toBeGreaterThan(20);
  expect(wait).toBeLessThan(38);
  await advance('38 seconds');
  await waitForCard('Acme');
  expect(postCount()).toBe(2);
  expect(looks()).toBe(0);
});

test('fault-13 storm of 429 without a header: one attempt per half minute for all replicas, and clicks keep working', async () => {
  const alert = await addHotLead();
  startReplica();
  startReplica();
  await waitForCard('Acme');
  await waitForRow({ state: 'posted' });
  const over = slack().misbehave({ how: { kind: 'rate-limit' } });
  await addLead(db, { domain: 'second.example', company: 'Second' });
  await db.poll();
  await advance('1 second');
  expect(await db.alerts.claim(alert, 'U0ALICE')).toMatchObject({ ok: true });
  expect(await db.alerts.claim(alert, 'U0BEN')).toMatchObject({ ok: false });
  stage.wake();
  await slack().until(() => postCount() === 2 && slack().calls(UPDATE).length === 1, {
    what: 'one refused post and one refused update',
  });
  // Wait until both refusals are recorded, otherwise advancing the time has no effect.
  await until(
    () => db.sql('select from lead_bot.messages where lease_token is not null'),
    (leased) => leased.length === 0,
  );
  const before = slack().calls().length;
  await advance('15 seconds');
  expect(await stage.take()).toEqual([]);
  expect(slack().calls().length).toBe(before);
  over();
  await advance('40 seconds');
  await waitForCard('Claimed by @U0ALICE');
  await waitForCard('Second');
});

test.each([
  ['503', { kind: 'status', status: 503 }],
  ['500', { kind: 'status', status: 500 }],
  ['no JSON', { kind: 'status', status: 200, body: '<html>bad gateway</html>' }],
] as const)(
  'fault-14 HTTP response %s: unclear, so searches twice before posting again',
  async (_, how) => {
    failSlack(POST, how);
    await addHotLead();
    await runUntilQuiet();
    expect(cards()).toHaveLength(1);
    expect(sequence()).toEqual(LOOKED_FOR_TWICE);
  },
);

test.each(['internal_error', 'fatal_error'])(
  'fault-15 ok:false %s: unclear, so searches twice before posting again',
  async (error) => {
    failSlack(POST, { kind: 'error', error });
    await addHotLead();
    await runUntilQuiet();
    expect(cards()).toHaveLength(1);
    expect(sequence()).toEqual(LOOKED_FOR_TWICE);
  },
);

test.each([
  ['fault-16 timeout after Slack accepted', { kind: 'hang', accept: true }],
  ['fault-17 reset after Slack accepted', { kind: 'reset', accept: true }],
] as const)('%s: adopts the post instead of posting again', async (_, how) => {
  failSlack(POST, how);
  const alert = await addHotLead();
  startReplica();
  await waitForRow({ state: 'posted' });
  await claim(alert);
  await waitForCard('Claimed by @U0ALICE');
  expect(postCount()).toBe(1);
  expect(cards()).toHaveLength(1);
});

test.each([
  ['reset before Slack accepted', { kind: 'reset', accept: false }],
  ['truncated response', { kind: 'status', status: 200, body: '{"ok":true,"channel":"C0' }],
  ['half-open socket until the timeout', { kind: 'hang', accept: false }],
] as const)('fault-17 %s: searches twice, then posts again', async (_, how) => {
  failSlack(POST, how);
  await addHotLead();
  const { log } = await runUntilQuiet();
  expect(log.lines[0]).toMatchObject({ outcome: 'unclear' });
  expect(cards()).toHaveLength(1);
  expect(sequence()).toEqual(LOOKED_FOR_TWICE);
});

test.each([
  ['connection refused', await closedPort(), /ECONNREFUSED/],
  ['name that does not resolve', 'http://slack.invalid/api/', /ENOTFOUND|EAI_AGAIN/],
])(
  'fault-18 %s: certainly not sent, so posts a little later without a search',
  async (_, apiUrl, reason) => {
    await addHotLead();
    let away = true;
    const between = ({ outbox, messenger }: Ports): Ports => {
      const nowhere = slackMessenger({
        botToken: slack().botToken,
        botId: 'B0BOT',
        apiUrl,
        sdkLog: sdkLog(memoryLog()),
      });
      return {
        outbox,
        messenger: {
          ...messenger,
          post: (...args) => (away ? nowhere : messenger).post(...args),
        },
      };
    };
    const { log } = startReplica({ between });
    expect(await log.next('warn', /not shown/)).toMatchObject({
      outcome: 'later',
      reason: expect.stringMatching(reason),
    });
    await waitForRow({ lease_token: null });
    expect(await row()).toMatchObject({ state: 'pending', attempts: 0 });
    away = false;
    await advance('5 seconds');
    await waitForCard('Acme');
    expect(postCount()).toBe(1);
    expect(looks()).toBe(0);
  },
);

test('fault-19 history hides an accepted post from two searches: deletes the newer copy and logs it', async () => {
  failSlack(POST, { kind: 'reset', accept: true });
  failSlack(HISTORY, { kind: 'status', status: 200, body: '{"ok":true,"messages":[]}' }, 2);
  const alert = await addHotLead();
  const { log } = await runUntilQuiet();
  expect(sequence()).toEqual([...LOOKED_FOR_TWICE, 'chat.delete', 'chat.update']);
  expect(log.lines.map(({ event }) => event)).toContain('deleting a second copy of a message');
  const [kept, ...others] = cards();
  expect(others).toEqual([]);
  const [deleted] = slack().calls('chat.delete');
  expect(Number(deleted?.args['ts'])).toBeGreaterThan(Number(kept?.ts));
  await db.alerts.claim(alert, 'U0ALICE');
  await runUntilQuiet();
  expect((await waitForCard('Claimed by @U0ALICE')).ts).toBe(kept?.ts);
});

test.each([
  ['fails', { kind: 'status', status: 503 }],
  ['lacks a scope', { kind: 'error', error: 'missing_scope' }],
] as const)(
  'fault-20 search of the history %s: stays unclear with an error, and never posts again blindly',
  async (_, how) => {
    failSlack(POST, { kind: 'reset', accept: true });
    const undo = slack().misbehave({ method: HISTORY, how });
    const alert = await addHotLead();
    const { log } = startReplica();
    await log.next('error', /could not search for a message after an unclear post/);
    await slack().until(() => looks() >= 3, { what: 'three looks' });
    expect(postCount()).toBe(1);
    expect(await readHealth(db.database)).toMatchObject({ unclear: 1 });
    undo();
    await waitForRow({ state: 'posted' });
    await claim(alert);
    await waitForCard('Claimed by @U0ALICE');
    expect(postCount()).toBe(1);
  },
);
