import { createServer } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SCOPES } from '../../../src/sandbox/slack/defaults.ts';
import type { LocalSlackOptions } from '../../../src/sandbox/slack/local-slack.ts';
import { clientOf, HOT, slackForTest, socketApp } from './harness.ts';

const ALICE = 'U0ALICE';
const GRANTED: readonly string[] = SCOPES;
const WITHOUT_MENTIONS = GRANTED.filter((scope) => scope !== 'app_mentions:read');
const LISTENING: LocalSlackOptions = { scopes: [...WITHOUT_MENTIONS, 'app_mentions:read'] };

interface Heard {
  event_id: string;
  event: Record<string, unknown>;
}

function firstOf(heard: readonly Heard[]): Heard {
  const [first] = heard;
  if (!first) throw new Error('The app heard nothing');
  return first;
}

/** An app that keeps the bodies of its mentions. */
async function withMentions(options: LocalSlackOptions = LISTENING) {
  const slack = await slackForTest(options);
  const heard: Heard[] = [];
  await socketApp(slack, (app) => {
    app.event('app_mention', async ({ body, event }) => {
      heard.push({ event_id: body.event_id, event: { ...event } });
    });
  });
  return { slack, heard };
}

test.each(['<@U0BOT> velocitypay.io', '@lead-alerts velocitypay.io'])(
  'tells the app of its mention in %s, with the text as Slack stores it',
  async (typed) => {
    const { slack, heard } = await withMentions();
    await slack.say(ALICE, HOT, typed);
    const mention = await vi.waitFor(() => firstOf(heard));
    expect(mention.event).toMatchObject({
      type: 'app_mention',
      user: ALICE,
      text: '<@U0BOT> <http://velocitypay.io|velocitypay.io>',
      channel: HOT,
      ts: slack.messages(HOT)[0]?.ts,
      event_ts: slack.messages(HOT)[0]?.ts,
    });
    expect(mention.event).not.toHaveProperty('thread_ts');
  },
);

test('a mention in a thread names its thread', async () => {
  const { slack, heard } = await withMentions();
  await slack.say('U0BEN', HOT, 'who knows them?');
  const ts = slack.messages(HOT)[0]?.ts ?? '';
  await slack.say(ALICE, HOT, '<@U0BOT> velocitypay.io', ts);
  const mention = await vi.waitFor(() => firstOf(heard));
  expect(mention.event).toMatchObject({ thread_ts: ts, parent_user_id: 'U0BEN' });
});

test('without the scope, or where the bot is not, nothing is heard, and never a plain message', async () => {
  const unscoped = await withMentions({ scopes: WITHOUT_MENTIONS });
  await unscoped.slack.say(ALICE, HOT, '<@U0BOT> one');
  expect(unscoped.heard).toEqual([]);
  const { slack, heard } = await withMentions();
  await slack.say(ALICE, 'C0RANDOM', '<@U0BOT> two');
  await slack.say(ALICE, slack.directMessages(ALICE), '<@U0BOT> three');
  await slack.say(ALICE, HOT, '<@U0BEN> four');
  await slack.say(ALICE, HOT, '<@U0BOT> five');
  await vi.waitFor(() => expect(heard).not.toEqual([]));
  expect(heard.map(({ event }) => event['text'])).toEqual(['<@U0BOT> five']);
});

test('sends an event again whose acknowledgement was lost, with the same id', async () => {
  const { slack, heard } = await withMentions({ ...LISTENING, retryEventsAfterMs: [0, 0, 0] });
  slack.loseAcks(2);
  await slack.say(ALICE, HOT, '<@U0BOT> velocitypay.io');
  await vi.waitFor(() => expect(heard).toHaveLength(3));
  expect(new Set(heard.map((one) => one.event_id)).size).toBe(1);
});

/** An app that answers each request with the next of these statuses, then with 200. */
async function httpAnswers(statuses: number[], headers: Record<string, string> = {}) {
  const slack = await slackForTest({ retryEventsAfterMs: [0, 0, 0] });
  const retries: unknown[] = [];
  const server = createServer((request, response) => {
    request.resume();
    const { 'x-slack-retry-num': num, 'x-slack-retry-reason': reason } = request.headers;
    retries.push([num, reason]);
    response.writeHead(statuses.shift() ?? 200, headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('No port');
  slack.deliverTo(`http://127.0.0.1:${bound.port}/`);
  return { slack, retries };
}

test('sends an event at most four times, and says which time it is', async () => {
  const { slack, retries } = await httpAnswers([500, 503, 500, 500, 500]);
  const first = await slack.sendEvent({ type: 'app_home_opened' });
  expect(first).toEqual({ ok: false, error: 'dispatch_failed' });
  await vi.waitFor(() => expect(retries).toHaveLength(4));
  await slack.sendEvent({ type: 'app_home_opened' });
  expect(retries.slice(0, 5)).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
    ['3', 'http_error'],
    [undefined, undefined],
  ]);
});

test('does not repeat an event that the app wants no retries of', async () => {
  const { slack, retries } = await httpAnswers([500], { 'x-slack-no-retry': '1' });
  await slack.sendEvent({ type: 'app_home_opened' });
  await slack.sendEvent({ type: 'app_home_opened' });
  expect(retries).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

test('an ephemeral reply shows only in a thread that has begun', async () => {
  const slack = await slackForTest();
  await slack.say('U0BEN', HOT, 'who knows them?');
  const ts = slack.messages(HOT)[0]?.ts ?? '';
  const reply = { channel: HOT, user: ALICE, text: 'psst', thread_ts: ts };
  await clientOf(slack).chat.postEphemeral(reply);
  expect(slack.privateAnswers(ALICE)).toEqual([]);
  await slack.say(ALICE, HOT, 'me', ts);
  await clientOf(slack).chat.postEphemeral(reply);
  expect(slack.privateAnswers(ALICE)).toMatchObject([{ text: 'psst', thread_ts: ts }]);
});
