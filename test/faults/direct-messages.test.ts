import { expect, test } from 'vitest';
import { createRefusalFor } from '../../src/access/readers.ts';
import { slackMessenger } from '../../src/adapters/slack-messenger.ts';
import { supabaseOffers } from '../../src/adapters/supabase-offers.ts';
import { readHealth } from '../../src/adapters/supabase-upkeep.ts';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import { SCOPES } from '../../src/sandbox/slack/defaults.ts';
import { type LocalSlack, startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { faultStage, HISTORY, POST, type Ports, withMessenger } from '../support/fault-stage.ts';
import { memoryLog } from '../support/memory-log.ts';
import { ALICE, readable } from '../support/world.ts';

const stage = await faultStage();
const { db, slack, startReplica, failSlack, cards, advance, runUntilQuiet } = stage;
const offers = supabaseOffers(db.database);

const OPEN = 'conversations.open';
const DIRECT = `D${ALICE.slice(1)}`;

/** Posts a card and offers its lead to Alice. The direct message is due. */
async function offer(ports = stage.ports()): Promise<string> {
  const alert = await stage.addHotLead();
  await runUntilQuiet(ports);
  await db.sql('update lead_bot.alerts set offer_due_at = now()');
  expect(await offers.make(alert, ALICE, 'owner', new Date(Date.now() + 3_600_000))).toBe(true);
  return alert;
}

const direct = (of = slack()) => of.messages(DIRECT);
const calls = (method: string) => slack().calls(method).length;
const state = async () => {
  const [row] = await db.sql<{ state: string }>(
    `select state from lead_bot.messages where kind = 'dm'`,
  );
  return row?.state;
};
const mention = () => cards().find((one) => one.thread_ts !== null);

test('an offer reaches its AE, and the claim redraws it', async () => {
  const alert = await offer();
  await runUntilQuiet();
  expect(direct()).toHaveLength(1);
  expect(mention()).toBeUndefined();
  await db.alerts.claim(alert, ALICE);
  await runUntilQuiet();
  expect(readable(direct()[0] ?? { text: '', blocks: [] })).toContain('yours');
});

test('a crash between opening the conversation and posting: two empty searches there, then one post', async () => {
  await offer();
  const posting = Promise.withResolvers<void>();
  const one = startReplica({
    between: withMessenger((messenger) => ({
      async post(channel, ...message) {
        if (channel !== ALICE) return messenger.post(channel, ...message);
        await messenger.copies(channel, null, 'opens it', new Date());
        posting.resolve();
        return new Promise(() => {});
      },
    })),
  });
  await posting.promise;
  one.abandon();
  const before = calls(HISTORY);
  await advance('61 seconds');
  await runUntilQuiet();
  expect(calls(HISTORY) - before).toBeGreaterThanOrEqual(2);
  expect(direct()).toHaveLength(1);
});

test.each([
  ['is cut off, but Slack took it', { kind: 'reset', accept: true }],
  ['is cut off', { kind: 'reset', accept: false }],
] as const)('a post that %s: the reader sees one message', async (_, how) => {
  await offer();
  slack().misbehave({ method: POST, times: 1, when: ({ channel }) => channel === DIRECT, how });
  await runUntilQuiet();
  expect(direct()).toHaveLength(1);
  expect(mention()).toBeUndefined();
});

test('a conversation that cannot be opened for now is opened later, without any search', async () => {
  await offer();
  failSlack(OPEN, { kind: 'status', status: 503 }, 2);
  const before = calls(HISTORY);
  await runUntilQuiet();
  expect(calls(OPEN)).toBe(3);
  expect(calls(HISTORY)).toBe(before);
  expect(direct()).toHaveLength(1);
});

test('a deactivated AE is mentioned in the thread, and no channel is paused', async () => {
  await offer();
  slack().changePerson(ALICE, { deleted: true });
  await runUntilQuiet();
  expect(direct()).toEqual([]);
  expect(mention()?.text).toContain(`<@${ALICE}>`);
  expect(await readHealth(db.database)).toMatchObject({ paused: [], deadReasons: [], waiting: 0 });
});

test('an AE who may not see the lead is not written to', async () => {
  await offer();
  const refusalFor = createRefusalFor({
    accessCheck: { decide: async () => ({ why: 'not-in-channel' }) },
    cardChannels: { holds: async () => false },
  });
  startReplica({ refusalFor });
  await slack().until(mention, { what: 'the mention' });
  expect(calls(OPEN)).toBe(0);
});

/** The ports of a bot whose token has all scopes but these. */
async function without(
  lost: readonly string[],
  work: (ports: Ports, less: LocalSlack) => Promise<void>,
) {
  const less = await startLocalSlack({ scopes: SCOPES.filter((scope) => !lost.includes(scope)) });
  const { botToken, apiUrl } = less;
  const messenger = slackMessenger({
    botToken,
    apiUrl,
    botId: 'B0BOT',
    sdkLog: sdkLog(memoryLog()),
  });
  try {
    await work({ outbox: db.outbox, messenger }, less);
  } finally {
    await less.close();
  }
}

test('without im:write, the offer is a mention in the thread', async () => {
  await without(['im:write', 'im:history'], async (ports, less) => {
    await offer(ports);
    await runUntilQuiet(ports);
    expect(direct(less)).toEqual([]);
    expect(less.calls(POST)).toHaveLength(2);
    expect(less.calls(POST).at(-1)?.args).toMatchObject({
      thread_ts: expect.any(String),
      text: expect.stringContaining(`<@${ALICE}>`),
    });
    expect(await readHealth(db.database)).toMatchObject({ paused: [], deadReasons: [] });
  });
});

test('without im:history, an unclear post is given up after ten minutes for a mention', async () => {
  await without(['im:history'], async (ports, less) => {
    await offer(ports);
    less.misbehave({
      method: POST,
      times: 1,
      when: ({ channel }) => channel === DIRECT,
      how: { kind: 'reset', accept: true },
    });
    startReplica({ between: () => ports });
    await expect.poll(state).toBe('unclear');
    await advance('11 minutes');
    await expect.poll(state).toBe('gone');
    await less.until(() => less.calls(POST).length === 3, { what: 'the mention' });
    expect(direct(less)).toHaveLength(1);
    expect(less.calls(POST).at(-1)?.args).toMatchObject({ thread_ts: expect.any(String) });
    expect(await readHealth(db.database)).toMatchObject({ paused: [], unclear: 0 });
  });
});
