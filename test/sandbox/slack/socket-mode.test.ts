import type { App } from '@slack/bolt';
import { expect, test } from 'vitest';
import { button, clientOf, HOT, section, slackForTest, socketApp } from './harness.ts';

test('delivers a command with the keys Slack sends', async () => {
  const slack = await slackForTest();
  const bodies: object[] = [];
  await socketApp(slack, (app) => {
    app.command('/lead', async ({ ack, command, respond }) => {
      bodies.push(command);
      await ack();
      await respond('Here it is');
    });
  });
  expect(await slack.say('U0ALICE', HOT, '/lead hot')).toEqual({ ok: true });
  expect(bodies[0]).toMatchObject({
    command: '/lead',
    text: 'hot',
    team_id: 'T0LOCAL',
    team_domain: 'local',
    channel_id: HOT,
    channel_name: 'hot-leads',
    user_id: 'U0ALICE',
    user_name: 'alice',
    api_app_id: 'A0LOCAL',
    response_url: expect.stringContaining('/response/'),
    trigger_id: expect.any(String),
  });
  await slack.until(() => slack.privateAnswers('U0ALICE').length === 1);
  expect(slack.privateAnswers('U0ALICE')[0]?.text).toBe('Here it is');
});

test.each([
  ['velocitypay.io', '<http://velocitypay.io|velocitypay.io>'],
  ['https://velocitypay.io/pricing', '<https://velocitypay.io/pricing>'],
  ['maya@velocitypay.io', '<mailto:maya@velocitypay.io|maya@velocitypay.io>'],
  ['@ben', '<@U0BEN|ben>'],
  ['#hot-leads', '<#C0HOTLEADS|hot-leads>'],
  ['Smith & Sons <x>', 'Smith &amp; Sons &lt;x&gt;'],
  ['VelocityPay', 'VelocityPay'],
])('delivers the command text %s as %s', async (typed, arrives) => {
  const slack = await slackForTest();
  const texts: string[] = [];
  await socketApp(slack, (app) => {
    app.command('/lead', async ({ ack, command }) => {
      texts.push(command.text);
      await ack();
    });
  });
  await slack.say('U0ALICE', HOT, `/lead ${typed}`);
  expect(texts).toEqual([arrives]);
});

test("a command's acknowledgement can carry the response", async () => {
  const slack = await slackForTest();
  await socketApp(slack, (app) => {
    app.command('/lead', ({ ack }) => ack({ text: 'Found', blocks: [section('Found')] }));
  });
  await slack.say('U0BEN', HOT, '/lead velocitypay.io');
  expect(slack.privateAnswers('U0BEN')).toMatchObject([{ text: 'Found', channel: HOT }]);
});

test.each([
  ['/nothing x', '/nothing is not a valid command.'],
  ['/lead hot', '/lead failed with the error "dispatch_failed"'],
])('%s without an app gets the client’s error', async (text, error) => {
  const slack = await slackForTest();
  expect(await slack.say('U0ALICE', HOT, text)).toEqual({ ok: false, error });
});

test('a command without an acknowledgement times out', async () => {
  const slack = await slackForTest();
  await socketApp(slack, (app) => {
    app.command('/lead', async () => {});
  });
  const outcome = await slack.say('U0ALICE', HOT, '/lead hot');
  expect(outcome).toEqual({ ok: false, error: '/lead failed with the error "operation_timeout"' });
});

test('refuses commands in threads, and only stores plain messages', async () => {
  const slack = await slackForTest();
  await slack.say('U0ALICE', HOT, 'hello');
  const ts = slack.messages(HOT)[0]?.ts ?? '';
  const refused = await slack.say('U0ALICE', HOT, '/lead hot', ts);
  expect(refused).toEqual({ ok: false, error: '/lead is not supported in threads. Sorry!' });
  await slack.say('U0BEN', HOT, 'hello yourself', ts);
  expect(slack.messages(HOT).map((message) => message.thread_ts)).toEqual([null, ts]);
});

async function withCard(prepare: (app: App) => void) {
  const slack = await slackForTest();
  await socketApp(slack, prepare);
  const blocks = [section('card'), button('claim', 'a1', 'Claim'), button('claim', 'a2', 'Claim')];
  const metadata = { event_type: 'lead_alert', event_payload: { id: 'm1' } };
  const card = { channel: HOT, text: 'card', blocks, metadata };
  const { ts = '' } = await clientOf(slack).chat.postMessage(card);
  return { slack, ts, target: { in: 'message' as const, channel: HOT, ts } };
}

test('delivers a pressed button as block_actions with the keys Slack sends', async () => {
  const bodies: object[] = [];
  const { slack, ts, target } = await withCard((app) => {
    app.action('claim', async ({ ack, body }) => {
      bodies.push(body);
      await ack();
    });
  });
  const pressed = await slack.press('U0BEN', target, { actionId: 'claim', value: 'a1' });
  expect(pressed).toEqual({ ok: true });
  expect(bodies[0]).toMatchObject({
    type: 'block_actions',
    team: { id: 'T0LOCAL', domain: 'local' },
    user: { id: 'U0BEN', username: 'ben', name: 'ben', team_id: 'T0LOCAL' },
    api_app_id: 'A0LOCAL',
    container: { type: 'message', message_ts: ts, channel_id: HOT, is_ephemeral: false },
    trigger_id: expect.any(String),
    channel: { id: HOT, name: 'hot-leads' },
    message: { ts, text: 'card', user: 'U0BOT', metadata: { event_type: 'lead_alert' } },
    state: { values: {} },
    response_url: expect.any(String),
    actions: [
      {
        type: 'button',
        block_id: 'block.claim.a1',
        action_id: 'claim',
        value: 'a1',
        text: { type: 'plain_text', text: 'Claim' },
        action_ts: expect.stringMatching(/^\d+\.\d{6}$/),
      },
    ],
  });
});

test('refuses a press on a missing or ambiguous element', async () => {
  const { slack, ts, target } = await withCard(() => {});
  const none = await slack.press('U0BEN', target, { actionId: 'release' });
  expect(none).toMatchObject({ ok: false, error: 'There is no release here.' });
  const which = await slack.press('U0BEN', target, { actionId: 'claim' });
  expect(which).toMatchObject({ ok: false, error: expect.stringContaining('Which one?') });
  slack.deleteMessage(HOT, ts);
  const gone = await slack.press('U0BEN', target, { actionId: 'claim', value: 'a1' });
  expect(gone).toEqual({ ok: false, error: 'This message was deleted.' });
});

test('delivers a forged press of an element that does not exist', async () => {
  const values: unknown[] = [];
  const { slack, target } = await withCard((app) => {
    app.action('release', async ({ ack, payload }) => {
      values.push('value' in payload ? payload.value : undefined);
      await ack();
    });
  });
  const forged = { action_id: 'release', value: "'; drop table alerts" };
  expect(await slack.pressWith('U0BEN', target, forged)).toEqual({ ok: true });
  expect(values).toEqual(["'; drop table alerts"]);
});

test('a menu sends the chosen option and refuses unknown ones', async () => {
  const slack = await slackForTest();
  const chosen: unknown[] = [];
  await socketApp(slack, (app) => {
    app.action('more', async ({ ack, payload }) => {
      chosen.push('selected_option' in payload ? payload.selected_option : undefined);
      await ack();
    });
  });
  const option = { text: { type: 'plain_text' as const, text: 'Release' }, value: 'release:a1' };
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel: HOT,
    text: 'card',
    blocks: [
      {
        type: 'section',
        text: { type: 'mrkdwn', text: 'card' },
        accessory: { type: 'overflow', action_id: 'more', options: [option] },
      },
    ],
  });
  const target = { in: 'message' as const, channel: HOT, ts };
  await slack.press('U0BEN', target, { actionId: 'more', option: 'release:a1' });
  expect(chosen).toMatchObject([{ value: 'release:a1', text: { text: 'Release' } }]);
  const wrong = await slack.press('U0BEN', target, { actionId: 'more', option: 'other' });
  expect(wrong).toEqual({ ok: false, error: 'There is no option "other".' });
});

test('a user from another organization has another team_id', async () => {
  const { EXTERNAL_PERSON } = await import('../../../src/sandbox/slack/defaults.ts');
  const slack = await slackForTest({ people: [EXTERNAL_PERSON] });
  const teams: unknown[] = [];
  await socketApp(slack, (app) => {
    app.action('claim', async ({ ack, body }) => {
      teams.push(body.user.team_id, body.team?.id);
      await ack();
    });
  });
  const card = { channel: HOT, text: 'card', blocks: [button('claim')] };
  const { ts = '' } = await clientOf(slack).chat.postMessage(card);
  await slack.press('U0DANA', { in: 'message', channel: HOT, ts }, { actionId: 'claim' });
  expect(teams).toEqual(['T0NORTHWIND', 'T0LOCAL']);
});

test('two connections take turns, and a cut one drops out', async () => {
  const slack = await slackForTest();
  const received: string[] = [];
  const listen = (name: string) => (app: App) => {
    app.command('/lead', async ({ ack }) => {
      received.push(name);
      await ack();
    });
  };
  await socketApp(slack, listen('one'));
  const two = await socketApp(slack, listen('two'));
  expect(slack.connections()).toBe(2);
  for (let turn = 0; turn < 4; turn += 1) await slack.say('U0BEN', HOT, '/lead hot');
  expect(received).toEqual(['one', 'two', 'one', 'two']);
  await two.stop();
  await slack.until(() => slack.connections() === 1);
  await slack.say('U0BEN', HOT, '/lead hot');
  expect(received.at(-1)).toBe('one');
});

test('the app is unreachable as soon as its sockets drop', async () => {
  const slack = await slackForTest();
  await socketApp(slack);
  expect(slack.connected()).toBe(true);
  slack.dropSockets();
  await slack.until(() => !slack.connected());
  const result = await slack.say('U0BEN', HOT, '/lead hot');
  expect(result).toMatchObject({ ok: false, error: expect.stringContaining('dispatch_failed') });
});

test('an app asked to reconnect closes its socket and comes back', async () => {
  const slack = await slackForTest();
  await socketApp(slack, (app) => {
    app.command('/lead', ({ ack }) => ack());
  });
  const opened = slack.calls('apps.connections.open').length;
  slack.dropSockets('refresh_requested');
  await slack.until(() => slack.connections() === 0);
  await slack.until(
    () => slack.calls('apps.connections.open').length > opened && slack.connected(),
  );
  expect(await slack.say('U0BEN', HOT, '/lead hot')).toEqual({ ok: true });
}, 15_000);

test('a ticket opens only one socket', async () => {
  const slack = await slackForTest();
  const { url = '' } = await clientOf(slack, slack.appToken).apps.connections.open();
  const outcome = (): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url);
      socket.addEventListener('message', ({ data }) => resolve(String(data)));
      socket.addEventListener('error', () => resolve('refused'));
    });
  expect(JSON.parse(await outcome())).toMatchObject({ type: 'hello', num_connections: 1 });
  expect(await outcome()).toBe('refused');
});

test('delivers an event to the app’s listeners', async () => {
  const slack = await slackForTest();
  const channels: string[] = [];
  await socketApp(slack, (app) => {
    app.event('member_joined_channel', async ({ event }) => {
      channels.push(event.channel);
    });
  });
  const event = { type: 'member_joined_channel', channel: HOT, user: 'U0BEN', event_ts: '1.0' };
  expect(await slack.sendEvent(event)).toMatchObject({ ok: true });
  expect(channels).toEqual([HOT]);
});

test('refuses the eleventh connection with too_many_websockets', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack, slack.appToken);
  const firstMessage = async (): Promise<string> => {
    const { url = '' } = await client.apps.connections.open();
    return new Promise((resolve) => {
      new WebSocket(url).addEventListener('message', ({ data }) => resolve(String(data)));
    });
  };
  for (let open = 1; open <= 10; open += 1)
    expect(JSON.parse(await firstMessage())).toMatchObject({
      type: 'hello',
      num_connections: open,
    });
  const eleventh: unknown = JSON.parse(await firstMessage());
  expect(eleventh).toEqual({ type: 'disconnect', reason: 'too_many_websockets' });
});
