import { expect, test } from 'vitest';
import { button, clientOf, HOT, refusal, section, slackForTest } from './harness.ts';

test('posts a message with its blocks and metadata', async () => {
  const slack = await slackForTest();
  const metadata = { event_type: 'lead_alert', event_payload: { id: 'm1' } };
  const posted = await clientOf(slack).chat.postMessage({
    channel: HOT,
    text: 'VelocityPay is hot',
    blocks: [section('*VelocityPay*'), button('claim')],
    metadata,
    unfurl_links: false,
    unfurl_media: false,
  });
  expect(posted.ts).toMatch(/^\d{10}\.\d{6}$/);
  const [message] = slack.messages(HOT);
  expect(message).toMatchObject({ ts: posted.ts, user: 'U0BOT', text: 'VelocityPay is hot' });
  expect(message?.metadata).toEqual(metadata);
  expect(message?.blocks.map((block) => block.type)).toEqual(['section', 'actions']);
  expect(message?.blocks[0]).toHaveProperty('block_id');
});

test('timestamps are unique and increasing even if the clock is set back', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const post = async (text: string) => (await client.chat.postMessage({ channel: HOT, text })).ts;
  const first = await post('one');
  slack.setClock(() => 1_000_000);
  const second = await post('two');
  slack.setClock(null);
  const third = await post('three');
  expect([third, second, first].sort()).toEqual([first, second, third]);
  expect(new Set([first, second, third]).size).toBe(3);
});

test('an update replaces text and blocks, and marks the message as edited', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: HOT, text: 'open' });
  await client.chat.update({ channel: HOT, ts, text: 'claimed', blocks: [section('claimed')] });
  const [message] = slack.messages(HOT);
  expect(message).toMatchObject({ ts, text: 'claimed', edited: { user: 'U0BOT' } });
  expect(message?.blocks).toHaveLength(1);
});

test('an update keeps omitted metadata, and an empty object clears it', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({
    channel: HOT,
    text: 'open',
    metadata: { event_type: 'lead_alert', event_payload: { id: 'm1' } },
  });
  await client.chat.update({ channel: HOT, ts, text: 'two' });
  expect(slack.messages(HOT)[0]?.metadata).not.toBeNull();
  await client.apiCall('chat.update', { channel: HOT, ts, text: 'three', metadata: {} });
  expect(slack.messages(HOT)[0]?.metadata).toBeNull();
});

test('a reply to a reply joins the same thread', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: HOT, text: 'card' });
  const reply = await client.chat.postMessage({ channel: HOT, text: 'note', thread_ts: ts });
  await client.chat.postMessage({ channel: HOT, text: 'more', thread_ts: reply.ts ?? '' });
  expect(slack.messages(HOT).map((message) => message.thread_ts)).toEqual([null, ts, ts]);
  const lost = client.chat.postMessage({ channel: HOT, text: 'x', thread_ts: '1.000001' });
  expect((await refusal(lost)).error).toBe('thread_not_found');
});

test('posting to a user id opens direct messages', async () => {
  const slack = await slackForTest({ scopes: ['chat:write', 'im:write'] });
  const posted = await clientOf(slack).chat.postMessage({ channel: 'U0BEN', text: 'hello' });
  expect(posted.channel).toBe(slack.directMessages('U0BEN'));
  expect(slack.messages('D0BEN')).toHaveLength(1);
  const opened = await clientOf(slack).conversations.open({ users: 'U0BEN' });
  expect(opened.channel?.id).toBe('D0BEN');
});

test('only the recipient sees an ephemeral message', async () => {
  const slack = await slackForTest();
  const args = { channel: HOT, user: 'U0ALICE', text: 'only you' };
  await clientOf(slack).chat.postEphemeral(args);
  expect(slack.privateAnswers('U0ALICE').map((answer) => answer.text)).toEqual(['only you']);
  expect(slack.privateAnswers('U0BEN')).toEqual([]);
  expect(slack.messages(HOT)).toEqual([]);
  const foreign = clientOf(slack).chat.postEphemeral({ ...args, user: 'U0NOBODY' });
  expect((await refusal(foreign)).error).toBe('user_not_in_channel');
});

test('the bot can delete only its own messages', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: HOT, text: 'gone soon' });
  await slack.say('U0ALICE', HOT, 'hi all');
  const human = slack.messages(HOT)[1]?.ts ?? '';
  await client.chat.delete({ channel: HOT, ts });
  expect(slack.messages(HOT).map((message) => message.text)).toEqual(['hi all']);
  const foreign = client.chat.delete({ channel: HOT, ts: human });
  expect((await refusal(foreign)).error).toBe('cant_delete_message');
  const edit = client.chat.update({ channel: HOT, ts: human, text: 'x' });
  expect((await refusal(edit)).error).toBe('cant_update_message');
});

test('a permalink contains the team, the channel and the message', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: HOT, text: 'card' });
  const { permalink } = await client.chat.getPermalink({ channel: HOT, message_ts: ts });
  expect(permalink).toBe(`https://local.slack.com/archives/${HOT}/p${ts.replace('.', '')}`);
});

test.each([
  ['channel_not_found', { channel: 'C0NOWHERE', text: 'x' }],
  ['channel_not_found', { channel: '#hot-leads', text: 'x' }],
  ['channel_not_found', { channel: 'C0SECRET', text: 'x' }],
  ['is_archived', { channel: 'C0OLD', text: 'x' }],
  ['no_text', { channel: HOT, text: ' ' }],
  ['invalid_metadata_format', { channel: HOT, text: 'x', metadata: { event_type: 'x' } }],
  [
    'invalid_metadata_format',
    { channel: HOT, text: 'x', metadata: { event_type: 'x', event_payload: { a: null } } },
  ],
  [
    'metadata_too_large',
    {
      channel: HOT,
      text: 'x',
      metadata: { event_type: 'x', event_payload: { a: 'a'.repeat(8000) } },
    },
  ],
  ['invalid_arguments', { channel: HOT, text: 'x', client_msg_id: 'abc' }],
  ['invalid_arguments', { channel: HOT, text: 'x', thread_ts: 'yesterday' }],
  ['invalid_arguments', { text: 'x' }],
])('chat.postMessage returns %s for %j', async (error, args) => {
  const slack = await slackForTest({
    channels: [
      { id: HOT, name: 'hot-leads' },
      { id: 'C0SECRET', name: 'secret', kind: 'private', botIn: false },
      { id: 'C0OLD', name: 'old', archived: true },
    ],
  });
  const call = clientOf(slack).apiCall('chat.postMessage', args);
  expect((await refusal(call)).error).toBe(error);
  expect(slack.messages(HOT)).toEqual([]);
});

test('posting to a public channel without the bot requires chat:write.public', async () => {
  const post = { channel: 'C0RANDOM', text: 'x' };
  const able = await slackForTest({ scopes: ['chat:write', 'chat:write.public'] });
  await clientOf(able).chat.postMessage(post);
  const unable = await slackForTest({ scopes: ['chat:write'] });
  const call = clientOf(unable).chat.postMessage(post);
  expect((await refusal(call)).error).toBe('not_in_channel');
  unable.inviteBot('C0RANDOM');
  await clientOf(unable).chat.postMessage(post);
  expect(unable.messages('C0RANDOM')).toHaveLength(1);
});

test('refuses an update over 4,000 characters and truncates a post over 40,000', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: HOT, text: 'x'.repeat(40_001) });
  expect(slack.messages(HOT)[0]?.text).toHaveLength(40_000);
  const update = client.chat.update({ channel: HOT, ts, text: 'x'.repeat(4_001) });
  expect((await refusal(update)).error).toBe('msg_too_long');
});

test("refuses updates of deleted messages and of other users' messages", async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: HOT, text: 'card' });
  slack.deleteMessage(HOT, ts);
  const gone = client.chat.update({ channel: HOT, ts, text: 'x' });
  expect((await refusal(gone)).error).toBe('message_not_found');
  const byUser = client.chat.update({ channel: 'U0BEN', ts, text: 'x' });
  expect((await refusal(byUser)).error).toBe('channel_not_found');
  slack.archive(HOT);
  const post = client.chat.postMessage({ channel: HOT, text: 'x' });
  expect((await refusal(post)).error).toBe('is_archived');
});
