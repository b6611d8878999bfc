import type { InputBlock, ModalView } from '@slack/types';
import { expect, test } from 'vitest';
import { clientOf, HOT, modal, refusal, section, slackForTest, socketApp } from './harness.ts';

/** A Slack with an app that opens `view` on /lead and acknowledges its submission with `reply`. */
async function withModal(view: ModalView, reply?: object) {
  const slack = await slackForTest();
  const submissions: object[] = [];
  const closed: object[] = [];
  await socketApp(slack, (app) => {
    app.command('/lead', async ({ ack, client, body }) => {
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view });
    });
    app.view('note', async ({ ack, body }) => {
      submissions.push(body);
      // Bypasses the types, which don't allow an invalid reply.
      await Reflect.apply(ack, undefined, [reply]);
    });
    app.view({ callback_id: 'note', type: 'view_closed' }, async ({ ack, body }) => {
      closed.push(body);
      await ack();
    });
  });
  await slack.say('U0ALICE', HOT, '/lead note');
  const shown = await slack.until(() => slack.views('U0ALICE')[0], { what: 'the modal' });
  return { slack, id: shown.id, submissions, closed };
}

test('opens a modal only for the user who acted', async () => {
  const { slack, id } = await withModal(modal());
  expect(slack.views('U0ALICE')).toMatchObject([{ id, view: { callback_id: 'note' }, errors: {} }]);
  expect(slack.views('U0BEN')).toEqual([]);
});

test('delivers the input as state values, and an empty response closes the modal', async () => {
  const { slack, id, submissions } = await withModal(modal({ private_metadata: 'a1' }));
  expect(await slack.submit('U0ALICE', id, { note: 'called', how: 'phone' })).toEqual({ ok: true });
  expect(submissions).toMatchObject([
    {
      type: 'view_submission',
      team: { id: 'T0LOCAL' },
      user: { id: 'U0ALICE', team_id: 'T0LOCAL' },
      view: {
        id,
        hash: expect.any(String),
        root_view_id: id,
        previous_view_id: null,
        private_metadata: 'a1',
        callback_id: 'note',
        state: {
          values: {
            note: { note: { type: 'plain_text_input', value: 'called' } },
            how: { how: { type: 'static_select', selected_option: { value: 'phone' } } },
          },
        },
      },
      response_urls: [],
    },
  ]);
  expect(slack.views('U0ALICE')).toEqual([]);
});

test('delivers a chosen user, date and option', async () => {
  const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value }) as const;
  const input = (id: string, element: InputBlock['element']): InputBlock => ({
    type: 'input',
    block_id: id,
    label: { type: 'plain_text', text: id },
    element,
  });
  const blocks = [
    input('to', { type: 'users_select', action_id: 'to' }),
    input('date', { type: 'datepicker', action_id: 'date', initial_date: '2026-12-01' }),
    input('until', {
      type: 'radio_buttons',
      action_id: 'until',
      options: [option('hour'), option('date')],
    }),
  ];
  const { slack, id, submissions } = await withModal(modal({ blocks }));
  const empty = await slack.submit('U0ALICE', id, { until: 'date' });
  expect(empty).toMatchObject({ fields: { to: 'Please complete this required field.' } });
  await slack.submit('U0ALICE', id, { to: 'U0BEN', date: '2026-12-24' });
  expect(submissions).toMatchObject([
    {
      view: {
        state: {
          values: {
            to: { to: { type: 'users_select', selected_user: 'U0BEN' } },
            date: { date: { type: 'datepicker', selected_date: '2026-12-24' } },
            until: { until: { type: 'radio_buttons', selected_option: option('date') } },
          },
        },
      },
    },
  ]);
});

test.each([
  ['', 'Please complete this required field.'],
  ['far too long', 'Please use 10 characters or fewer.'],
])('refuses a note of "%s" before the app sees it', async (note, error) => {
  const { slack, id, submissions } = await withModal(modal());
  const submitted = await slack.submit('U0ALICE', id, { note });
  expect(submitted).toEqual({ ok: false, error, fields: { note: error } });
  expect(submissions).toEqual([]);
  expect(slack.views('U0ALICE')[0]?.errors).toEqual({ note: error });
});

test("shows the app's errors next to their inputs and keeps the input", async () => {
  const reply = { response_action: 'errors', errors: { note: 'Say more' } };
  const { slack, id } = await withModal(modal(), reply);
  const submitted = await slack.submit('U0ALICE', id, { note: 'hm' });
  expect(submitted).toMatchObject({ ok: false, fields: { note: 'Say more' } });
  const [shown] = slack.views('U0ALICE');
  expect(shown).toMatchObject({ errors: { note: 'Say more' }, busy: false });
  expect(shown?.values).toMatchObject({ note: { note: { value: 'hm' } } });
});

test.each([
  [{ response_action: 'errors', errors: { nowhere: 'x' } }],
  [{ response_action: 'errors' }],
  [{ response_action: 'refresh' }],
  [{ response_action: 'update', view: { type: 'modal' } }],
])('an invalid response leaves the modal open: %j', async (reply) => {
  const { slack, id } = await withModal(modal(), reply);
  const submitted = await slack.submit('U0ALICE', id, { note: 'hm' });
  expect(submitted).toMatchObject({
    ok: false,
    error: expect.stringContaining('We had some trouble connecting. Try again?'),
  });
  expect(slack.views('U0ALICE')).toHaveLength(1);
  expect(slack.calls('ack').at(-1)?.answer?.ok).toBe(false);
});

test('a response can update the modal, push another one, or clear them all', async () => {
  const done = modal({ blocks: [section('Saved')], callback_id: 'done' });
  const update = await withModal(modal(), { response_action: 'update', view: done });
  await update.slack.submit('U0ALICE', update.id, { note: 'a' });
  expect(update.slack.views('U0ALICE')).toMatchObject([{ view: { callback_id: 'done' } }]);

  const push = await withModal(modal(), { response_action: 'push', view: done });
  await push.slack.submit('U0ALICE', push.id, { note: 'a' });
  expect(push.slack.views('U0ALICE')).toHaveLength(2);
  const under = await push.slack.submit('U0ALICE', push.id, { note: 'a' });
  expect(under).toEqual({ ok: false, error: 'This view is no longer open.' });

  const clear = await withModal(modal(), { response_action: 'clear' });
  await clear.slack.submit('U0ALICE', clear.id, { note: 'a' });
  expect(clear.slack.views('U0ALICE')).toEqual([]);
});

test('notifies the app of a close only if it asked for that', async () => {
  const notified = await withModal(modal({ notify_on_close: true }));
  await notified.slack.closeView('U0ALICE', notified.id);
  expect(notified.closed).toMatchObject([{ type: 'view_closed', is_cleared: false }]);
  expect(notified.slack.views('U0ALICE')).toEqual([]);
  const untold = await withModal(modal());
  await untold.slack.closeView('U0ALICE', untold.id);
  expect(untold.closed).toEqual([]);
});

test('refuses to submit an option the menu does not have', async () => {
  const { slack, id, submissions } = await withModal(modal());
  const forged = { how: { how: { type: 'static_select', selected_option: { value: 'fax' } } } };
  const submitted = await slack.submit('U0ALICE', id, { note: 'x', ...forged });
  expect(submitted).toEqual({ ok: false, error: 'There is no such option.' });
  expect(submissions).toEqual([]);
});

/** The trigger ids of two commands from Alice. */
async function withTriggers() {
  const slack = await slackForTest();
  const triggers: string[] = [];
  await socketApp(slack, (app) => {
    app.command('/lead', async ({ ack, body }) => {
      triggers.push(body.trigger_id);
      await ack();
    });
  });
  await slack.say('U0ALICE', HOT, '/lead one');
  await slack.say('U0ALICE', HOT, '/lead two');
  const [first = '', second = ''] = triggers;
  return { slack, client: clientOf(slack), first, second };
}

test('a trigger id works once, within three seconds', async () => {
  const { slack, client, first, second } = await withTriggers();
  await client.views.open({ trigger_id: first, view: modal() });
  const again = client.views.open({ trigger_id: first, view: modal() });
  expect((await refusal(again)).error).toBe('exchanged_trigger_id');
  slack.setClock(() => Date.now() + 3_500);
  const late = client.views.open({ trigger_id: second, view: modal() });
  expect((await refusal(late)).error).toBe('expired_trigger_id');
  const invented = client.views.open({ trigger_id: '1.2.3', view: modal() });
  expect((await refusal(invented)).error).toBe('invalid_trigger_id');
});

test('a refused view leaves the trigger id usable', async () => {
  const { client, first } = await withTriggers();
  const title = { type: 'plain_text' as const, text: 'x'.repeat(25) };
  const long = client.views.open({ trigger_id: first, view: modal({ title }) });
  const { error, messages } = await refusal(long);
  expect(error).toBe('invalid_arguments');
  expect(messages).toEqual([
    '[ERROR] must be less than 25 characters [json-pointer:/view/title/text]',
  ]);
  await client.views.open({ trigger_id: first, view: modal() });
});

test('an update with an old hash conflicts, and a closed view is not found', async () => {
  const { slack, client, first } = await withTriggers();
  const { view } = await client.views.open({ trigger_id: first, view: modal() });
  const viewId = view?.id ?? '';
  const change = { view_id: viewId, view: modal({ callback_id: 'two' }) };
  await client.views.update({ ...change, hash: view?.hash ?? '' });
  expect(slack.views('U0ALICE')).toMatchObject([{ view: { callback_id: 'two' } }]);
  const old = client.views.update({ ...change, hash: view?.hash ?? '' });
  expect((await refusal(old)).error).toBe('hash_conflict');
  await slack.closeView('U0ALICE', viewId);
  expect((await refusal(client.views.update(change))).error).toBe('not_found');
});

test('pushes modals only from inside a modal, at most three deep', async () => {
  const slack = await slackForTest();
  const triggers: string[] = [];
  await socketApp(slack, (app) => {
    app.command('/lead', async ({ ack, body }) => {
      triggers.push(body.trigger_id);
      await ack();
    });
    app.action('more', async ({ ack, body }) => {
      if ('trigger_id' in body) triggers.push(body.trigger_id);
      await ack();
    });
  });
  const client = clientOf(slack);
  const button = {
    type: 'button' as const,
    action_id: 'more',
    text: { type: 'plain_text' as const, text: 'More' },
  };
  const view = modal({ blocks: [{ type: 'actions', elements: [button] }] });
  await slack.say('U0ALICE', HOT, '/lead x');
  const outside = client.views.push({ trigger_id: triggers.at(-1) ?? '', view });
  expect((await refusal(outside)).error).toBe('not_found');
  await client.views.open({ trigger_id: triggers.at(-1) ?? '', view });
  const pressTop = async () => {
    const viewId = slack.views('U0ALICE').at(-1)?.id ?? '';
    await slack.press('U0ALICE', { in: 'view', viewId }, { actionId: 'more' });
    return triggers.at(-1) ?? '';
  };
  await client.views.push({ trigger_id: await pressTop(), view });
  await client.views.push({ trigger_id: await pressTop(), view });
  expect(slack.views('U0ALICE')).toHaveLength(3);
  const fourth = client.views.push({ trigger_id: await pressTop(), view });
  expect((await refusal(fourth)).error).toBe('push_limit_reached');
});
