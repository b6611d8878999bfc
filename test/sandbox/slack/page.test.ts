import { expect, test } from 'vitest';
import type { LocalSlack } from '../../../src/sandbox/slack/local-slack.ts';
import type { PageState } from '../../../src/sandbox/slack/protocol.ts';
import { button, clientOf, HOT, modal, slackForTest, socketApp } from './harness.ts';

/** Watches the states the page gets for this user. `next` resolves with the first match. */
async function watch(slack: LocalSlack, as: string | null) {
  const abort = new AbortController();
  const query = as === null ? '' : `?as=${as}`;
  const response = await fetch(`${slack.pageUrl}page/events${query}`, { signal: abort.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  return {
    async next(fits: (state: PageState) => boolean): Promise<PageState> {
      for (;;) {
        const end = rest.indexOf('\n\n');
        if (end >= 0) {
          const state: PageState = JSON.parse(rest.slice('data: '.length, end));
          rest = rest.slice(end + 2);
          if (fits(state)) return state;
          continue;
        }
        const chunk = await reader?.read();
        if (!chunk || chunk.done) throw new Error('The events ended');
        rest += chunk.value;
      }
    },
    stop: () => abort.abort(),
  };
}

async function ask(slack: LocalSlack, verb: string, body: object): Promise<unknown> {
  const response = await fetch(`${slack.pageUrl}page/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

test('serves the built page and its assets', async () => {
  const page = {
    html: '<!doctype html><title>Local Slack</title>',
    assets: { 'page.js': { type: 'text/javascript', body: 'let x' } },
  };
  const slack = await slackForTest({ page });
  const html = await fetch(slack.pageUrl);
  expect(html.headers.get('content-type')).toContain('text/html');
  expect(await html.text()).toBe(page.html);
  const script = await fetch(`${slack.pageUrl}assets/page.js`);
  expect(script.headers.get('content-type')).toBe('text/javascript');
  expect((await fetch(`${slack.pageUrl}assets/none.js`)).status).toBe(404);
});

test('each user sees their own private answers and direct messages, live', async () => {
  const slack = await slackForTest();
  const alice = await watch(slack, 'U0ALICE');
  const ben = await watch(slack, 'U0BEN');
  const client = clientOf(slack);
  await client.chat.postEphemeral({ channel: HOT, user: 'U0ALICE', text: 'psst' });
  await client.chat.postMessage({ channel: 'U0ALICE', text: 'dear Alice' });
  await client.chat.postMessage({ channel: HOT, text: 'card' });
  const has = (state: PageState) => state.messages[HOT]?.at(-1)?.text === 'card';
  const hers = await alice.next(has);
  const his = await ben.next(has);
  expect(hers.messages[HOT]).toMatchObject([{ text: 'psst', ephemeral: true }, { text: 'card' }]);
  expect(hers.messages['D0ALICE']).toMatchObject([{ text: 'dear Alice' }]);
  expect(his.messages[HOT]).toMatchObject([{ text: 'card' }]);
  expect(his.channels.map((channel) => channel.id)).toContain('D0BEN');
  expect(his.channels.map((channel) => channel.id)).not.toContain('D0ALICE');
  alice.stop();
  ben.stop();
});

test('without a user the page starts as the first one, and an unknown user is refused', async () => {
  const slack = await slackForTest();
  const anyone = await watch(slack, null);
  expect((await anyone.next(() => true)).me.id).toBe('U0ALICE');
  anyone.stop();
  expect((await fetch(`${slack.pageUrl}page/events?as=U0NOBODY`)).status).toBe(404);
});

test('lists replies under their message', async () => {
  const slack = await slackForTest();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: HOT, text: 'card' });
  await client.chat.postMessage({ channel: HOT, text: 'note', thread_ts: ts });
  const alice = await watch(slack, 'U0ALICE');
  const state = await alice.next(() => true);
  expect(state.messages[HOT]).toMatchObject([{ text: 'card', replies: [{ text: 'note' }] }]);
  alice.stop();
});

test('the page can say, press, submit and close', async () => {
  const slack = await slackForTest();
  await socketApp(slack, (app) => {
    app.action('claim', async ({ ack, body, client }) => {
      await ack();
      if ('trigger_id' in body)
        await client.views.open({ trigger_id: body.trigger_id, view: modal() });
    });
    app.view('note', ({ ack }) => ack());
  });
  const card = { channel: HOT, text: 'card', blocks: [button('claim')] };
  const { ts = '' } = await clientOf(slack).chat.postMessage(card);
  const press = {
    as: 'U0BEN',
    target: { in: 'message', channel: HOT, ts },
    blockId: 'block.claim.v',
    actionId: 'claim',
  };
  expect(await ask(slack, 'press', press)).toEqual({ ok: true });
  const { id: viewId } = await slack.until(() => slack.views('U0BEN')[0]);
  // The page shows input errors next to the inputs, so the request itself succeeds.
  expect(await ask(slack, 'submit', { as: 'U0BEN', viewId, values: {} })).toEqual({ ok: true });
  const ben = await watch(slack, 'U0BEN');
  const { views } = await ben.next(() => true);
  expect(views).toMatchObject([{ errors: { note: 'Please complete this required field.' } }]);
  const values = { note: { note: { type: 'plain_text_input', value: 'x' } } };
  expect(await ask(slack, 'submit', { as: 'U0BEN', viewId, values })).toEqual({ ok: true });
  expect(slack.views('U0BEN')).toEqual([]);
  const late = await ask(slack, 'close', { as: 'U0BEN', viewId });
  expect(late).toEqual({ ok: false, error: 'This view is no longer open.' });
  const result = await ask(slack, 'say', { as: 'U0BEN', channel: HOT, text: '/nope' });
  expect(result).toEqual({ ok: false, error: '/nope is not a valid command.' });
  ben.stop();
});

test('the panel runs actions and reports why one failed', async () => {
  const ran: string[] = [];
  const action = { id: 'cool', label: 'VelocityPay cools', hint: '' };
  const slack = await slackForTest({
    panel: {
      actions: [action, { ...action, id: 'break' }],
      tips: [],
      run: async (id) => {
        if (id === 'break') throw new Error('The database is away');
        ran.push(id);
      },
    },
  });
  expect(await ask(slack, 'panel', { id: 'cool' })).toEqual({ ok: true });
  expect(ran).toEqual(['cool']);
  const failed = await ask(slack, 'panel', { id: 'break' });
  expect(failed).toEqual({ ok: false, error: 'The database is away' });
  expect(await ask(slack, 'panel', { id: 'other' })).toMatchObject({ ok: false });
});

test('refuses requests from other sites and invalid requests', async () => {
  const slack = await slackForTest();
  const foreign = await fetch(`${slack.pageUrl}page/say`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
    body: JSON.stringify({ as: 'U0BEN', channel: HOT, text: 'spam' }),
  });
  expect(foreign.status).toBe(403);
  expect(await ask(slack, 'say', { as: 'U0BEN' })).toMatchObject({ ok: false });
  expect(slack.messages(HOT)).toEqual([]);
});

test('the page shows the Home tab, opens it, presses in it, and uses shortcuts', async () => {
  const slack = await slackForTest();
  const heard: string[] = [];
  await socketApp(slack, (app) => {
    app.event('app_home_opened', async ({ event, client }) => {
      const view = { type: 'home' as const, blocks: [button('claim')] };
      await client.views.publish({ user_id: event.user, view });
    });
    app.action('claim', async ({ ack }) => {
      heard.push('claim');
      await ack();
    });
    app.shortcut(/./, async ({ ack, shortcut }) => {
      heard.push(shortcut.callback_id);
      await ack();
    });
  });
  const ben = await watch(slack, 'U0BEN');
  const empty = await ben.next(() => true);
  expect(empty.home).toEqual({ blocks: null });
  expect(empty.shortcuts.map(({ kind }) => kind)).toEqual(['global', 'message']);
  expect(await ask(slack, 'openHome', { as: 'U0BEN' })).toEqual({ ok: true });
  const { home } = await ben.next((state) => state.home?.blocks != null);
  expect(home?.blocks).toMatchObject([{ elements: [{ action_id: 'claim' }] }]);
  const press = {
    as: 'U0BEN',
    target: { in: 'home' },
    blockId: 'block.claim.v',
    actionId: 'claim',
  };
  expect(await ask(slack, 'press', press)).toEqual({ ok: true });
  await slack.say('U0ALICE', HOT, 'hello');
  const on = { channel: HOT, ts: slack.messages(HOT)[0]?.ts };
  for (const used of [{ callbackId: 'company.look-up' }, { callbackId: 'message.companies', on }])
    expect(await ask(slack, 'shortcut', { as: 'U0BEN', ...used })).toEqual({ ok: true });
  expect(heard).toEqual(['claim', 'company.look-up', 'message.companies']);
  ben.stop();
});

test('without a Home tab the page shows none', async () => {
  const slack = await slackForTest({ homeTab: false });
  const anyone = await watch(slack, null);
  expect((await anyone.next(() => true)).home).toBeNull();
  anyone.stop();
});
