import { expect, test } from 'vitest';
import { startLocalSlack } from '../../../src/sandbox/slack/local-slack.ts';
import { button, clientOf, HOT, httpApp, modal, slackForTest } from './harness.ts';

test('delivers a signed command, press and submission over HTTP', async () => {
  const slack = await slackForTest();
  const received: string[] = [];
  await httpApp(slack, (app) => {
    app.command('/lead', async ({ ack, command }) => {
      received.push(command.text);
      await ack('Looking');
    });
    app.action('claim', async ({ ack, body, client }) => {
      await ack();
      if ('trigger_id' in body)
        await client.views.open({ trigger_id: body.trigger_id, view: modal() });
    });
    app.view('note', async ({ ack, view }) => {
      received.push(view.state.values['note']?.['note']?.value ?? '');
      await ack({ response_action: 'errors', errors: { note: 'Say more' } });
    });
  });
  expect(await slack.say('U0ALICE', HOT, '/lead Smith & Sons = x')).toEqual({ ok: true });
  expect(slack.privateAnswers('U0ALICE')).toMatchObject([{ text: 'Looking' }]);
  const card = { channel: HOT, text: 'card', blocks: [button('claim')] };
  const { ts = '' } = await clientOf(slack).chat.postMessage(card);
  await slack.press('U0ALICE', { in: 'message', channel: HOT, ts }, { actionId: 'claim' });
  const { id } = await slack.until(() => slack.views('U0ALICE')[0]);
  const submitted = await slack.submit('U0ALICE', id, { note: 'héllo' });
  expect(submitted).toMatchObject({ ok: false, fields: { note: 'Say more' } });
  expect(received).toEqual(['Smith &amp; Sons = x', 'héllo']);
});

test('an app with another signing secret refuses deliveries', async () => {
  const slack = await slackForTest();
  const received: string[] = [];
  const listen = (app: Parameters<Parameters<typeof httpApp>[1]>[0]) => {
    app.command('/lead', async ({ ack, command }) => {
      received.push(command.text);
      await ack();
    });
  };
  await httpApp(slack, listen, 'another secret');
  const result = await slack.say('U0ALICE', HOT, '/lead hot');
  expect(result).toEqual({ ok: false, error: '/lead failed with the error "dispatch_failed"' });
  expect(received).toEqual([]);
});

test('a request URL without a listener is a failed dispatch', async () => {
  const slack = await slackForTest();
  const gone = await startLocalSlack();
  await gone.close();
  slack.deliverTo(`${gone.pageUrl}slack/events`);
  const result = await slack.say('U0ALICE', HOT, '/lead hot');
  expect(result).toEqual({ ok: false, error: '/lead failed with the error "dispatch_failed"' });
  slack.deliverTo(null);
  expect(slack.connected()).toBe(false);
});
