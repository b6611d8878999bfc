import type { App } from '@slack/bolt';
import { expect, test } from 'vitest';
import { clientOf, HOT, modal, slackForTest, socketApp } from './harness.ts';

const ALICE = 'U0ALICE';

async function withApp(prepare: (app: App, bodies: object[]) => void) {
  const slack = await slackForTest();
  const bodies: object[] = [];
  await socketApp(slack, (app) => prepare(app, bodies));
  return { slack, bodies };
}

test('delivers a global shortcut, without a channel', async () => {
  const { slack, bodies } = await withApp((app, seen) => {
    app.shortcut('company.look-up', async ({ ack, body, client }) => {
      await ack();
      seen.push(body);
      await client.views.open({ trigger_id: body.trigger_id, view: modal() });
    });
  });
  expect(await slack.shortcut(ALICE, 'company.look-up')).toEqual({ ok: true });
  await slack.until(() => slack.views(ALICE).length === 1);
  expect(bodies).toEqual([
    {
      type: 'shortcut',
      token: expect.any(String),
      action_ts: expect.stringMatching(/^\d+\.\d{6}$/),
      team: { id: 'T0LOCAL', domain: 'local' },
      user: { id: ALICE, username: 'alice', name: 'alice', team_id: 'T0LOCAL' },
      enterprise: null,
      is_enterprise_install: false,
      callback_id: 'company.look-up',
      trigger_id: expect.any(String),
    },
  ]);
});

test('delivers a message shortcut with the message as Slack stores it, and answers privately', async () => {
  const { slack, bodies } = await withApp((app, seen) => {
    app.shortcut('message.companies', async ({ ack, body, respond }) => {
      await ack();
      seen.push(body);
      await respond('Found');
    });
  });
  await slack.say('U0BEN', HOT, 'ask velocitypay.io & <co>');
  const ts = slack.messages(HOT)[0]?.ts ?? '';
  expect(await slack.shortcutOn(ALICE, 'message.companies', HOT, ts)).toEqual({ ok: true });
  await slack.until(() => slack.privateAnswers(ALICE)[0]);
  expect(bodies).toMatchObject([
    {
      type: 'message_action',
      callback_id: 'message.companies',
      trigger_id: expect.any(String),
      response_url: expect.stringContaining('/response/'),
      channel: { id: HOT, name: 'hot-leads' },
      message_ts: ts,
      message: {
        type: 'message',
        user: 'U0BEN',
        ts,
        text: 'ask <http://velocitypay.io|velocitypay.io> &amp; &lt;co&gt;',
      },
    },
  ]);
  expect(slack.privateAnswers(ALICE)).toMatchObject([{ text: 'Found', channel: HOT }]);
});

test('offers message shortcuts on messages that the user sees, but not on ephemeral ones', async () => {
  const { slack } = await withApp(() => {});
  await clientOf(slack).chat.postEphemeral({ channel: HOT, user: ALICE, text: 'psst' });
  const [answer] = slack.privateAnswers(ALICE);
  for (const [channel, ts] of [
    [HOT, answer?.ts ?? ''],
    ['D0BEN', '1.0'],
  ] as const)
    expect(await slack.shortcutOn(ALICE, 'message.companies', channel, ts)).toMatchObject({
      ok: false,
    });
});

test('knows the shortcuts of the app, each by its kind', async () => {
  const { slack } = await withApp(() => {});
  await slack.say(ALICE, HOT, 'hi');
  const ts = slack.messages(HOT)[0]?.ts ?? '';
  const unknown = await slack.shortcut(ALICE, 'message.companies');
  expect(unknown).toEqual({ ok: false, error: 'There is no global shortcut message.companies.' });
  expect(await slack.shortcutOn(ALICE, 'company.look-up', HOT, ts)).toMatchObject({ ok: false });
});
