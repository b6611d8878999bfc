import { expect, test } from 'vitest';
import { slackMessenger } from '../../src/adapters/slack-messenger.ts';
import { readHealth } from '../../src/adapters/supabase-upkeep.ts';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import { type Misbehavior, startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { faultStage, type Ports, until } from '../support/fault-stage.ts';
import { addLead } from '../support/leads.ts';
import { memoryLog } from '../support/memory-log.ts';

const stage = await faultStage();
const {
  db,
  slack,
  replica,
  aHotLead,
  claim,
  cards,
  posts,
  card,
  becomes,
  passes,
  row,
  runToTheEnd,
} = stage;

const POST = 'chat.postMessage';
const HISTORY = 'conversations.history';
const looks = () => slack().calls(HISTORY).length;

/** All calls of Slack, in their order. */
const sequence = () =>
  slack()
    .calls()
    .map(({ method }) => method);
/** The second post, and the recheck a minute after it. */
const LOOKED_FOR_TWICE = [POST, HISTORY, HISTORY, POST, HISTORY];

/** What goes wrong with the next call of a method. */
const once = (method: string, how: Misbehavior) => slack().misbehave({ method, times: 1, how });

/** An address at which nothing listens any more. */
async function closedPort(): Promise<string> {
  const gone = await startLocalSlack();
  await gone.close();
  return gone.apiUrl;
}

/** Seconds until the only message is tried again, by the database's clock. */
async function waitSeconds(): Promise<number> {
  const [only] = await db.sql<{ s: string }>(
    `select extract(epoch from greatest(m.next_try_at, c.next_post_at) - now()) as s
       from lead_bot.messages m join lead_bot.channels c on c.channel = m.channel`,
  );
  return Number(only?.s);
}

test('fault-12 429 with Retry-After: not sent, nothing charged, and waited for at least as long', async () => {
  once(POST, { kind: 'rate-limit', retryAfterSeconds: 30 });
  await aHotLead();
  const { log } = replica();
  await log.next('warn', /not shown/);
  await becomes({ lease_token: null });
  expect(await row()).toMatchObject({ state: 'pending', attempts: 0, attempted_at: null });
  const wait = await waitSeconds();
  expect(wait).toBeGreaterThan(20);
  expect(wait).toBeLessThan(38);
  await passes('38 seconds');
  await card('Acme');
  expect(posts()).toBe(2);
  expect(looks()).toBe(0);
});

test('fault-13 a storm of 429 without a header: one try in half a minute for all replicas, and clicks go on', async () => {
  const alert = await aHotLead();
  replica();
  replica();
  await card('Acme');
  await becomes({ state: 'posted' });
  const over = slack().misbehave({ how: { kind: 'rate-limit' } });
  await addLead(db, { domain: 'second.example', company: 'Second' });
  await db.poll();
  await passes('1 second');
  expect(await db.alerts.claim(alert, 'U0ALICE')).toMatchObject({ ok: true });
  expect(await db.alerts.claim(alert, 'U0BEN')).toMatchObject({ ok: false });
  stage.wake();
  await slack().until(() => posts() === 2 && slack().calls('chat.update').length === 1, {
    what: 'one refused post and one refused update',
  });
  // Both refusals are written down: before that there is nothing for which time could pass.
  await until(
    () => db.sql('select from lead_bot.messages where lease_token is not null'),
    (leased) => leased.length === 0,
  );
  const before = slack().calls().length;
  await passes('15 seconds');
  expect(await stage.take()).toEqual([]);
  expect(slack().calls().length).toBe(before);
  over();
  await passes('40 seconds');
  await card('Claimed by @U0ALICE');
  await card('Second');
});

test.each([
  ['503', { kind: 'status', status: 503 }],
  ['500', { kind: 'status', status: 500 }],
  ['no JSON', { kind: 'status', status: 200, body: '<html>bad gateway</html>' }],
] as const)(
  'fault-14 HTTP answer %s: unclear, so looked for twice before it is posted again',
  async (_, how) => {
    once(POST, how);
    await aHotLead();
    await runToTheEnd();
    expect(cards()).toHaveLength(1);
    expect(sequence()).toEqual(LOOKED_FOR_TWICE);
  },
);

test.each(['internal_error', 'fatal_error'])(
  'fault-15 ok:false %s: unclear, so looked for twice before it is posted again',
  async (error) => {
    once(POST, { kind: 'error', error });
    await aHotLead();
    await runToTheEnd();
    expect(cards()).toHaveLength(1);
    expect(sequence()).toEqual(LOOKED_FOR_TWICE);
  },
);

test.each([
  ['fault-16 timeout after Slack accepted', { kind: 'hang', accept: true }],
  ['fault-17 reset after Slack accepted', { kind: 'reset', accept: true }],
] as const)('%s: adopted, not posted again', async (_, how) => {
  once(POST, how);
  const alert = await aHotLead();
  replica();
  await becomes({ state: 'posted' });
  await claim(alert);
  await card('Claimed by @U0ALICE');
  expect(posts()).toBe(1);
  expect(cards()).toHaveLength(1);
});

test.each([
  ['reset before Slack accepted', { kind: 'reset', accept: false }],
  ['half an answer', { kind: 'status', status: 200, body: '{"ok":true,"channel":"C0' }],
  ['half-open socket, given up after the timeout', { kind: 'hang', accept: false }],
] as const)('fault-17 %s: looked for twice, then posted again', async (_, how) => {
  once(POST, how);
  await aHotLead();
  const { log } = await runToTheEnd();
  expect(log.lines[0]).toMatchObject({ outcome: 'unclear' });
  expect(cards()).toHaveLength(1);
  expect(sequence()).toEqual(LOOKED_FOR_TWICE);
});

test.each([
  ['connection refused', await closedPort(), /ECONNREFUSED/],
  ['name that does not resolve', 'http://slack.invalid/api/', /ENOTFOUND|EAI_AGAIN/],
])(
  'fault-18 %s: certainly unsent, so posted a little later without a look',
  async (_, apiUrl, reason) => {
    await aHotLead();
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
    const { log } = replica({ between });
    expect(await log.next('warn', /not shown/)).toMatchObject({
      outcome: 'later',
      reason: expect.stringMatching(reason),
    });
    await becomes({ lease_token: null });
    expect(await row()).toMatchObject({ state: 'pending', attempts: 0 });
    away = false;
    await passes('5 seconds');
    await card('Acme');
    expect(posts()).toBe(1);
    expect(looks()).toBe(0);
  },
);

test('fault-19 the history hides an accepted post from two looks: of two copies the newer is deleted and logged', async () => {
  once(POST, { kind: 'reset', accept: true });
  slack().misbehave({
    method: HISTORY,
    times: 2,
    how: { kind: 'status', status: 200, body: '{"ok":true,"messages":[]}' },
  });
  const alert = await aHotLead();
  const { log } = await runToTheEnd();
  expect(sequence()).toEqual([...LOOKED_FOR_TWICE, 'chat.delete', 'chat.update']);
  expect(log.lines.map(({ event }) => event)).toContain('deleting a second copy of a message');
  const [kept, ...others] = cards();
  expect(others).toEqual([]);
  const [deleted] = slack().calls('chat.delete');
  expect(Number(deleted?.args['ts'])).toBeGreaterThan(Number(kept?.ts));
  await db.alerts.claim(alert, 'U0ALICE');
  await runToTheEnd();
  expect((await card('Claimed by @U0ALICE')).ts).toBe(kept?.ts);
});

test.each([
  ['fails', { kind: 'status', status: 503 }],
  ['lacks a scope', { kind: 'error', error: 'missing_scope' }],
] as const)(
  'fault-20 the look into the history %s: stays unclear with an alarm, and is never posted again blindly',
  async (_, how) => {
    once(POST, { kind: 'reset', accept: true });
    const mend = slack().misbehave({ method: HISTORY, how });
    const alert = await aHotLead();
    const { log } = replica();
    await log.next('error', /could not look for a message whose post had an unclear outcome/);
    await slack().until(() => looks() >= 3, { what: 'three looks' });
    expect(posts()).toBe(1);
    expect(await readHealth(db.database)).toMatchObject({ unclear: 1 });
    mend();
    await becomes({ state: 'posted' });
    await claim(alert);
    await card('Claimed by @U0ALICE');
    expect(posts()).toBe(1);
  },
);
