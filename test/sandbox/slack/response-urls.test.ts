import { expect, test } from 'vitest';
import { button, clientOf, HOT, section, slackForTest, socketApp } from './harness.ts';

/** A Slack with a card, and the response URLs of a command and of a press on the card. */
async function withUrls() {
  const slack = await slackForTest();
  const urls: string[] = [];
  await socketApp(slack, (app) => {
    app.command('/lead', async ({ ack, body }) => {
      urls.push(body.response_url);
      await ack();
    });
    app.action('claim', async ({ ack, body }) => {
      if ('response_url' in body) urls.push(body.response_url);
      await ack();
    });
  });
  const card = { channel: HOT, text: 'card', blocks: [button('claim')] };
  const { ts = '' } = await clientOf(slack).chat.postMessage(card);
  await slack.say('U0ALICE', HOT, '/lead hot');
  await slack.press('U0ALICE', { in: 'message', channel: HOT, ts }, { actionId: 'claim' });
  const [command = '', press = ''] = urls;
  return { slack, urls, command, press };
}

async function post(url: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

test('a response is ephemeral unless it is in_channel', async () => {
  const { slack, command } = await withUrls();
  expect(await post(command, { text: 'only you' })).toEqual({ status: 200, text: 'ok' });
  await post(command, { text: 'everyone', response_type: 'in_channel' });
  expect(slack.privateAnswers('U0ALICE').map((one) => one.text)).toEqual(['only you']);
  expect(slack.messages(HOT).map((one) => one.text)).toEqual(['card', 'everyone']);
});

test('replace_original rewrites the pressed message, delete_original removes it', async () => {
  const { slack, press } = await withUrls();
  await post(press, { text: 'claimed', blocks: [section('claimed')], replace_original: true });
  expect(slack.messages(HOT)).toMatchObject([{ text: 'claimed', edited: { user: 'U0BOT' } }]);
  await post(press, { delete_original: true });
  expect(slack.messages(HOT)).toEqual([]);
});

test('replace_original on a private answer rewrites it and keeps it private', async () => {
  const { slack, urls, command } = await withUrls();
  await post(command, { text: 'near matches', blocks: [button('claim')] });
  const ts = slack.privateAnswers('U0ALICE')[0]?.ts ?? '';
  const target = { in: 'message' as const, channel: HOT, ts };
  expect(await slack.press('U0BEN', target, { actionId: 'claim' })).toMatchObject({ ok: false });
  await slack.press('U0ALICE', target, { actionId: 'claim' });
  const body = { text: 'the one', response_type: 'in_channel', replace_original: true };
  await post(urls.at(-1) ?? '', body);
  expect(slack.privateAnswers('U0ALICE')).toMatchObject([{ ts, text: 'the one', blocks: [] }]);
  expect(slack.messages(HOT)).toHaveLength(1);
});

test('a response URL works five times', async () => {
  const { command } = await withUrls();
  for (let use = 0; use < 5; use += 1)
    expect(await post(command, { text: `${use}` })).toMatchObject({ status: 200 });
  const sixth = await post(command, { text: 'six' });
  expect(sixth).toEqual({ status: 404, text: expect.stringContaining('used_url') });
});

test('a response URL expires after thirty minutes', async () => {
  const { slack, command } = await withUrls();
  slack.setClock(() => Date.now() + 31 * 60_000);
  const late = await post(command, { text: 'late' });
  expect(late).toEqual({ status: 404, text: expect.stringContaining('expired_url') });
});

test.each([
  ['invalid_blocks', { blocks: [{ type: 'banner' }] }],
  ['invalid_arguments', { text: 'x', colour: 'red' }],
  ['no_text', {}],
])('%s makes respond throw', async (error, body) => {
  const { slack, command } = await withUrls();
  expect(await post(command, body)).toEqual({ status: 400, text: expect.stringContaining(error) });
  expect(slack.calls('response_url').at(-1)?.answer).toMatchObject({ ok: false, error });
  expect(slack.privateAnswers('U0ALICE')).toEqual([]);
});
