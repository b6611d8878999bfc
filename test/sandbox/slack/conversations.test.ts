import type { WebClient } from '@slack/web-api';
import { expect, test } from 'vitest';
import { clientOf, HOT, refusal, slackForTest } from './harness.ts';

async function postMany(client: WebClient, texts: readonly string[]): Promise<string[]> {
  const stamps: string[] = [];
  for (const text of texts) {
    const metadata = { event_type: 'lead_alert', event_payload: { id: text } };
    const { ts = '' } = await client.chat.postMessage({ channel: HOT, text, metadata });
    stamps.push(ts);
  }
  return stamps;
}

test('history is newest first, uses cursors, and omits replies', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const [first = ''] = await postMany(client, ['a', 'b', 'c']);
  await client.chat.postMessage({ channel: HOT, text: 'reply', thread_ts: first });
  const page = await client.conversations.history({ channel: HOT, limit: 2 });
  expect(page.messages?.map((message) => message.text)).toEqual(['c', 'b']);
  expect(page.has_more).toBe(true);
  const cursor = page.response_metadata?.next_cursor ?? '';
  const rest = await client.conversations.history({ channel: HOT, limit: 2, cursor });
  expect(rest.messages?.map((message) => message.text)).toEqual(['a']);
  expect(rest.messages?.[0]).toMatchObject({ reply_count: 1, thread_ts: first });
  expect(rest.has_more).toBe(false);
});

test('oldest and latest are exclusive unless inclusive is set', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const [oldest = '', , latest = ''] = await postMany(client, ['a', 'b', 'c']);
  const texts = async (inclusive: boolean) => {
    const stretch = { channel: HOT, oldest, latest, inclusive };
    const { messages } = await client.conversations.history(stretch);
    return messages?.map((message) => message.text);
  };
  expect(await texts(false)).toEqual(['b']);
  expect(await texts(true)).toEqual(['c', 'b', 'a']);
});

test('returns metadata payloads only with include_all_metadata', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  await postMany(client, ['m1']);
  const short = await client.conversations.history({ channel: HOT });
  expect(short.messages?.[0]?.metadata).toEqual({ event_type: 'lead_alert' });
  const whole = await client.conversations.history({ channel: HOT, include_all_metadata: true });
  expect(whole.messages?.[0]?.metadata?.event_payload).toEqual({ id: 'm1' });
});

test('replies returns the parent, then its thread, oldest first', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const [ts = ''] = await postMany(client, ['card']);
  await client.chat.postMessage({ channel: HOT, text: 'one', thread_ts: ts });
  await client.chat.postMessage({ channel: HOT, text: 'two', thread_ts: ts });
  const { messages } = await client.conversations.replies({ channel: HOT, ts });
  expect(messages?.map((message) => message.text)).toEqual(['card', 'one', 'two']);
  const lost = client.conversations.replies({ channel: HOT, ts: '1.000001' });
  expect((await refusal(lost)).error).toBe('thread_not_found');
});

test('refuses the history of a channel without the bot', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const out = client.conversations.history({ channel: 'C0RANDOM' });
  expect((await refusal(out)).error).toBe('not_in_channel');
  slack.kickBot(HOT);
  const kicked = client.conversations.history({ channel: HOT });
  expect((await refusal(kicked)).error).toBe('not_in_channel');
});

test('info and members tell who is in a channel, including the bot', async () => {
  const slack = await slackForTest({ scopes: ['channels:read'] });
  const client = clientOf(slack);
  const { channel } = await client.conversations.info({ channel: HOT });
  expect(channel).toMatchObject({ name: 'hot-leads', is_member: true, is_archived: false });
  const random = await client.conversations.info({ channel: 'C0RANDOM' });
  expect(random.channel?.is_member).toBe(false);
  const { members } = await client.conversations.members({ channel: HOT });
  expect(members).toEqual(['U0BOT', 'U0ALICE', 'U0BEN', 'U0CHLOE']);
});
