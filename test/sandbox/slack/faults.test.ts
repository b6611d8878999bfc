import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { expect, test } from 'vitest';
import { clientOf, HOT, refusal, section, slackForTest, socketApp } from './harness.ts';

test('a rate limit sends Retry-After', async () => {
  const slack = await slackForTest();
  slack.misbehave({ how: { kind: 'rate-limit', retryAfterSeconds: 7 }, times: 1 });
  const post = () => clientOf(slack).chat.postMessage({ channel: HOT, text: 'x' });
  const error = await post().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WebAPIRateLimitedError);
  expect(error).toMatchObject({ retryAfter: 7 });
  await post();
  expect(slack.messages(HOT)).toHaveLength(1);
});

test('sends the given status and body', async () => {
  const slack = await slackForTest();
  slack.misbehave({ how: { kind: 'status', status: 503, body: '<html>' } });
  const post = clientOf(slack).chat.postMessage({ channel: HOT, text: 'x' });
  const error = await post.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WebAPIHTTPError);
  expect(error).toMatchObject({ statusCode: 503, body: '<html>' });
});

test('status 200 with invalid JSON becomes an odd platform error', async () => {
  const slack = await slackForTest();
  slack.misbehave({ how: { kind: 'status', status: 200, body: 'upstream gone' } });
  const post = clientOf(slack).chat.postMessage({ channel: HOT, text: 'x' });
  const error = await post.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WebAPIPlatformError);
  expect(error).toMatchObject({ data: { error: 'upstream gone' } });
});

test.each([
  ['hang', true, 1],
  ['hang', false, 0],
  ['reset', true, 1],
  ['reset', false, 0],
] as const)('a %s with accept %s leaves %i messages', async (kind, accept, left) => {
  const slack = await slackForTest();
  slack.misbehave({ method: 'chat.postMessage', how: { kind, accept } });
  const post = clientOf(slack, slack.botToken, 500).chat.postMessage({ channel: HOT, text: 'x' });
  const error = await post.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WebAPIRequestError);
  expect(slack.messages(HOT)).toHaveLength(left);
  expect(slack.calls('chat.postMessage')).toMatchObject([{ fault: kind, answer: null }]);
});

test('a late call takes effect and responds when released', async () => {
  const slack = await slackForTest();
  const go = Promise.withResolvers<void>();
  slack.misbehave({ how: { kind: 'late', until: go.promise }, times: 1 });
  const post = clientOf(slack).chat.postMessage({ channel: HOT, text: 'x' });
  await expect.poll(() => slack.calls('chat.postMessage').length).toBe(1);
  expect(slack.messages(HOT)).toEqual([]);
  go.resolve();
  expect((await post).ok).toBe(true);
  expect(slack.messages(HOT)).toHaveLength(1);
});

test('returns the given error only for matching calls, until undone', async () => {
  const slack = await slackForTest();
  const post = (text: string) => clientOf(slack).chat.postMessage({ channel: HOT, text });
  const undo = slack.misbehave({
    method: 'chat.postMessage',
    when: (args) => args['text'] === 'unlucky',
    how: { kind: 'error', error: 'internal_error' },
  });
  await post('lucky');
  expect((await refusal(post('unlucky'))).error).toBe('internal_error');
  undo();
  await post('unlucky');
  expect(slack.messages(HOT)).toHaveLength(2);
});

test('refuses a block type like a workspace that does not support it yet', async () => {
  const slack = await slackForTest();
  slack.misbehave({ how: { kind: 'refuse-block', type: 'card' } });
  const client = clientOf(slack);
  const card = { type: 'card' as const, title: { type: 'mrkdwn' as const, text: 'x' } };
  const rich = client.chat.postMessage({ channel: HOT, text: 'x', blocks: [card] });
  const { error, messages } = await refusal(rich);
  expect(error).toBe('invalid_blocks');
  expect(messages.join()).toContain('unsupported type: card');
  await client.chat.postMessage({ channel: HOT, text: 'x', blocks: [section('x')] });
  expect(slack.messages(HOT)).toHaveLength(1);
});

const chart = {
  type: 'data_visualization',
  title: 'x',
  chart: { type: 'pie', segments: [{ label: 'a', value: 1 }] },
};

test.each([
  [undefined, 400],
  [200, 200],
] as const)('refuses a block type at response URLs too, with HTTP %s', async (given, status) => {
  const slack = await slackForTest();
  let respondUrl = '';
  await socketApp(slack, (app) => {
    app.command('/lead', async ({ ack, body }) => {
      respondUrl = body.response_url;
      await ack();
    });
  });
  const how = { kind: 'refuse-block' as const, type: 'data_visualization' };
  slack.misbehave({ how: given === undefined ? how : { ...how, urlStatus: given } });
  await slack.say('U0ALICE', HOT, '/lead stats');
  const send = (blocks: object[]) =>
    fetch(respondUrl, { method: 'POST', body: JSON.stringify({ text: 'x', blocks }) });
  const refused = await send([section('x'), chart]);
  expect(refused.status).toBe(status);
  expect(await refused.json()).toMatchObject({ ok: false, error: 'invalid_blocks' });
  expect((await send([section('x')])).status).toBe(200);
  expect(slack.privateAnswers('U0ALICE')).toHaveLength(1);
});

test('blocks.validate says what the workspace refuses, and where', async () => {
  const slack = await slackForTest();
  slack.misbehave({ how: { kind: 'refuse-block', type: 'data_visualization' } });
  const { blocks } = clientOf(slack);
  const refused = await refusal(blocks.validate({ message: { blocks: [section('x'), chart] } }));
  const message = 'unsupported type: data_visualization';
  expect(refused.data).toMatchObject({
    error: 'invalid_message',
    errors: [{ code: 'failed_constraint', message, pointer: '/blocks/1/type' }],
  });
  expect(await blocks.validate({ message: { blocks: [section('x')] } })).toMatchObject({
    ok: true,
  });
});

test('a timeout describes the state', async () => {
  const slack = await slackForTest();
  await clientOf(slack).chat.postMessage({ channel: HOT, text: 'VelocityPay is hot' });
  const waited = slack.until(() => undefined, { timeoutMs: 1, what: 'a second card' });
  const error = await waited.catch((thrown: unknown) => String(thrown));
  expect(error).toContain('No sign of a second card after 1 ms');
  expect(error).toContain('lead-alerts: VelocityPay is hot');
  expect(error).toContain('chat.postMessage: ok');
});

test('waiting ends with the expected change', async () => {
  const slack = await slackForTest();
  const arrival = slack.until(() => slack.messages(HOT).find((one) => one.text === 'second'));
  await clientOf(slack).chat.postMessage({ channel: HOT, text: 'first' });
  await clientOf(slack).chat.postMessage({ channel: HOT, text: 'second' });
  expect((await arrival).text).toBe('second');
});
