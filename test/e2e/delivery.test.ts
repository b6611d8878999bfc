import { afterAll, beforeEach, expect, test } from 'vitest';
import { slackMessenger } from '../../src/adapters/slack-messenger.ts';
import { connectDatabase } from '../../src/adapters/supabase-client.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import { supabasePolls } from '../../src/adapters/supabase-polls.ts';
import type { PollPolicy } from '../../src/core/poll.ts';
import { createDeliverer, DELIVERER_DEFAULTS } from '../../src/jobs/deliver.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import { type LocalSlack, startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { testDatabase } from '../support/supabase.ts';
import { HOT_LEADS, message, readable } from '../support/world.ts';

/*
 * Two deliverers share the work in every test, as two replicas do. They are the real ones, with
 * shorter waits, against the real Postgres and PostgREST and a Slack that misbehaves.
 */

const db = await testDatabase({ seed: true });
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const policy: PollPolicy = {
  channel: HOT_LEADS,
  firstRun: 'cards',
  maxCardsPerPoll: 10,
  rearmAfterMs: 86_400_000,
};

let slack: LocalSlack;
let stop: () => Promise<void> = async () => {};

/** Starts with nothing delivered and one hot lead; the bot has not polled yet. */
beforeEach(async () => {
  await stop();
  await db.sql(`truncate lead_bot.channels, lead_bot.poll_state, lead_bot.message_alerts,
                lead_bot.messages, lead_bot.alert_leads`);
  await db.sql('alter table lead_bot.alert_events disable trigger user');
  await db.sql('delete from lead_bot.alerts');
  await db.sql('alter table lead_bot.alert_events enable trigger user');
  await db.sql(
    `delete from public.lead_scores where developer_id <> '11111111-1111-1111-1111-111111111111'`,
  );
  slack = await startLocalSlack();
  const running = startReplicas(slack, 2);
  stop = async () => {
    await running.stop();
    await slack.close();
  };
  wake = running.wake;
});
afterAll(() => stop());
let wake: () => void = () => {};

function startReplicas(where: LocalSlack, count: number) {
  const stopping = new AbortController();
  const database = connectDatabase({ url: db.url, key: db.keyFor('lead_bot') });
  const replicas = Array.from({ length: count }, () =>
    createDeliverer({
      outbox: supabaseOutbox(database),
      messenger: slackMessenger({
        botToken: where.botToken,
        botId: 'B0BOT',
        apiUrl: where.apiUrl,
        timeoutMs: 1_500,
        sdkLog: sdkLog(silent),
      }),
      render: (content, plain) => renderMessage(content, plain, 'UTC'),
      log: silent,
      settings: { ...DELIVERER_DEFAULTS, settleMs: 200, idleMs: 100 },
    }),
  );
  const runs = replicas.map((replica) => replica.run(stopping.signal));
  return {
    wake: () => {
      for (const replica of replicas) replica.wake();
    },
    async stop() {
      stopping.abort();
      await Promise.all(runs);
    },
  };
}

const poll = (): Promise<void> =>
  createPoll({
    polls: supabasePolls(connectDatabase({ url: db.url, key: db.keyFor('lead_bot') })),
    policy,
    log: silent,
    wake,
  })();

/** Changes what the card has to show. */
const touch = async (): Promise<void> => {
  await db.sql(
    `update lead_bot.alerts set status = 'claimed', owner = 'U0ALICE', claimed_at = now()`,
  );
  await db.sql('update lead_bot.messages set wanted_version = wanted_version + 1, urgent = true');
  wake();
};

const state = async (): Promise<string | undefined> => {
  const [row] = await db.sql<{ state: string }>(
    `select state from lead_bot.messages where kind = 'card'`,
  );
  return row?.state;
};

const posts = () => slack.calls('chat.postMessage').length;
const card = () => message(slack, HOT_LEADS, 'VelocityPay');

test('two replicas that poll and deliver at the same time make one card', async () => {
  await Promise.all([poll(), poll(), poll(), poll()]);
  await card();
  await touch();
  await slack.until(() => slack.messages(HOT_LEADS)[0]?.edited !== null, { what: 'the update' });
  expect(slack.messages(HOT_LEADS)).toHaveLength(1);
  expect(posts()).toBe(1);
});

test.each([
  ['times out', { kind: 'hang', accept: true } as const],
  ['is cut off', { kind: 'reset', accept: true } as const],
])('a post that Slack took, whose answer %s, is found and not posted again', async (_, how) => {
  slack.misbehave({ method: 'chat.postMessage', times: 1, how });
  await poll();
  await card();
  await touch();
  await slack.until(() => slack.messages(HOT_LEADS)[0]?.edited != null, {
    what: 'the adopted card',
  });
  expect(posts()).toBe(1);
  expect(slack.messages(HOT_LEADS)).toHaveLength(1);
});

test.each([
  ['times out', { kind: 'hang', accept: false } as const],
  ['is cut off', { kind: 'reset', accept: false } as const],
  ['is a 503', { kind: 'status', status: 503 } as const],
  ['is no JSON', { kind: 'status', status: 200, body: '<html>bad gateway</html>' } as const],
  ['is internal_error', { kind: 'error', error: 'internal_error' } as const],
])(
  'a post that Slack did not take, whose answer %s, is posted again after two looks',
  async (_, how) => {
    slack.misbehave({ method: 'chat.postMessage', times: 1, how });
    await poll();
    await card();
    expect(posts()).toBe(2);
    expect(slack.calls('conversations.history').length).toBeGreaterThanOrEqual(2);
  },
);

test('without a look into the history nothing of unclear outcome is posted again', async () => {
  slack.misbehave({ method: 'chat.postMessage', times: 1, how: { kind: 'hang', accept: true } });
  slack.misbehave({
    method: 'conversations.history',
    times: 3,
    how: { kind: 'error', error: 'missing_scope' },
  });
  await poll();
  await slack.until(() => slack.calls('conversations.history').length >= 4, { what: 'four looks' });
  await touch();
  await slack.until(() => slack.messages(HOT_LEADS)[0]?.edited != null, {
    what: 'the adopted card',
  });
  expect(posts()).toBe(1);
});

test('a second copy that shows up late is deleted, and the older one goes on', async () => {
  slack.misbehave({ method: 'chat.postMessage', times: 1, how: { kind: 'hang', accept: true } });
  // The history hides the first post for two looks, as a lagging search index would.
  slack.misbehave({
    method: 'conversations.history',
    times: 2,
    how: { kind: 'status', status: 200, body: '{"ok":true,"messages":[]}' },
  });
  await poll();
  await slack.until(() => slack.messages(HOT_LEADS).length === 2, { what: 'the second copy' });
  const [first] = slack.messages(HOT_LEADS);
  await db.sql(`update lead_bot.messages set recheck_at = now() where recheck_at is not null`);
  wake();
  await slack.until(() => slack.messages(HOT_LEADS).length === 1, { what: 'the clean-up' });
  expect(slack.messages(HOT_LEADS)[0]?.ts).toBe(first?.ts);
  await touch();
  await slack.until(() => slack.messages(HOT_LEADS)[0]?.edited != null, {
    what: 'an update of it',
  });
});

test('a rate limit is waited for as long as Slack says, and nothing is lost or counted', async () => {
  slack.misbehave({
    method: 'chat.postMessage',
    times: 1,
    how: { kind: 'rate-limit', retryAfterSeconds: 2 },
  });
  const startedAt = performance.now();
  await poll();
  await card();
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_900);
  expect(posts()).toBe(2);
});

test('blocks that Slack refuses are replaced by text that still says what to do', async () => {
  slack.misbehave({ how: { kind: 'refuse-block', type: 'header' } });
  await poll();
  const plain = await card();
  expect(plain.blocks).toEqual([]);
  expect(plain.text).toContain('/lead velocitypay.io');
});

test('a channel without the bot is paused, and its card comes after an invitation', async () => {
  slack.kickBot(HOT_LEADS);
  slack.misbehave({
    method: 'chat.postMessage',
    how: { kind: 'error', error: 'not_in_channel' },
    times: 1,
  });
  await poll();
  await slack.until(() => posts() === 1, { what: 'the refused post' });
  await until(async () => {
    const [row] = await db.sql<{ pause_reason: string }>(
      `select pause_reason from lead_bot.channels where pauses > 0`,
    );
    return row?.pause_reason === 'not_in_channel';
  });
  slack.inviteBot(HOT_LEADS);
  await db.sql(`update lead_bot.channels set paused_until = now()`);
  wake();
  await card();
  await until(
    async () => (await db.sql('select 1 from lead_bot.channels where pauses > 0')).length === 0,
  );
});

test('a card that a person has deleted is not posted again', async () => {
  await poll();
  const { ts } = await card();
  slack.deleteMessage(HOT_LEADS, ts);
  await touch();
  await until(async () => (await state()) === 'gone');
  expect(posts()).toBe(1);
});

test('an update that fails is repeated until the card shows the newest state', async () => {
  await poll();
  await card();
  slack.misbehave({ method: 'chat.update', times: 1, how: { kind: 'status', status: 500 } });
  slack.misbehave({ method: 'chat.update', times: 1, how: { kind: 'hang', accept: false } });
  await db.sql(
    `update lead_bot.alerts set status = 'claimed', owner = 'U0ALICE', claimed_at = now()`,
  );
  await touch();
  const updated = await message(slack, HOT_LEADS, 'Claimed by @U0ALICE');
  expect(readable(updated)).not.toContain('[Claim lead]');
});

test('a bot that dies after Slack took its post leaves a card that the next one adopts', async () => {
  // What a crash between the post and its confirmation leaves: the attempt is on record, the lease is not over.
  await stop();
  slack = await startLocalSlack();
  await poll();
  const database = connectDatabase({ url: db.url, key: db.keyFor('lead_bot') });
  const { deliveries } = await supabaseOutbox(database).take(1, 60_000);
  const [mine] = deliveries;
  if (mine === undefined) throw new Error('nothing to deliver');
  const messenger = slackMessenger({
    botToken: slack.botToken,
    botId: 'B0BOT',
    apiUrl: slack.apiUrl,
    sdkLog: sdkLog(silent),
  });
  await messenger.post(HOT_LEADS, null, mine.messageId, renderMessage(mine.content, false, 'UTC'));
  await db.sql(`update lead_bot.messages set lease_until = now() - interval '1 second'`);

  const next = startReplicas(slack, 2);
  stop = async () => {
    await next.stop();
    await slack.close();
  };
  await until(async () => (await state()) === 'posted');
  expect(slack.messages(HOT_LEADS)).toHaveLength(1);
  expect(posts()).toBe(1);
});

/** Asks the database until the condition holds: nothing tells a test of a change there. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  await expect.poll(condition, { interval: 20 }).toBe(true);
}
