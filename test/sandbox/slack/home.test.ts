import type { App } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import { expect, test, vi } from 'vitest';
import { checkHome } from '../../../src/sandbox/slack/block-kit.ts';
import type { LocalSlackOptions } from '../../../src/sandbox/slack/local-slack.ts';
import { button, clientOf, modal, refusal, section, slackForTest, socketApp } from './harness.ts';

const ALICE = 'U0ALICE';
const BEN = 'U0BEN';
const homeOf = (...blocks: HomeView['blocks']): HomeView => ({ type: 'home', blocks });

/** An app that keeps the bodies of app_home_opened. */
async function withApp(prepare: (app: App) => void = () => {}, options?: LocalSlackOptions) {
  const slack = await slackForTest(options);
  const opened: unknown[] = [];
  await socketApp(slack, (app) => {
    app.event('app_home_opened', async ({ body }) => {
      opened.push(body);
    });
    prepare(app);
  });
  const publish = (user: string, view: HomeView, hash?: string) =>
    clientOf(slack).views.publish({ user_id: user, view, ...(hash !== undefined && { hash }) });
  return { slack, opened, publish };
}

test('publishes a Home tab for one user, and keeps its id when it is published again', async () => {
  const { slack, publish } = await withApp();
  expect(slack.home(ALICE)).toBeNull();
  const first = await publish(ALICE, homeOf(section('one')));
  const second = await publish(ALICE, homeOf(section('two')));
  expect(second.view).toMatchObject({
    type: 'home',
    id: first.view?.id,
    root_view_id: first.view?.id,
  });
  expect(second.view?.hash).not.toBe(first.view?.hash);
  expect(slack.home(ALICE)?.view.blocks).toMatchObject([{ text: { text: 'two' } }]);
  expect(slack.home(BEN)).toBeNull();
  expect(slack.dump()).toContain('alice: [section]');
});

test('refuses a publication over another one than the app knows', async () => {
  const { slack, publish } = await withApp();
  const { view } = await publish(ALICE, homeOf(section('one')));
  await publish(ALICE, homeOf(section('two')), view?.hash);
  const late = await refusal(publish(ALICE, homeOf(section('three')), view?.hash));
  expect(late.error).toBe('hash_conflict');
  expect(slack.home(ALICE)?.view.blocks).toMatchObject([{ text: { text: 'two' } }]);
});

test('refuses a Home tab of an unknown user, and one that the app does not have', async () => {
  const { publish } = await withApp();
  const unknown = await refusal(publish('U0NOBODY', homeOf(section('x'))));
  expect(unknown).toMatchObject({
    error: 'invalid_arguments',
    messages: ['[ERROR] invalid `user_id`'],
  });
  const without = await withApp(() => {}, { homeTab: false });
  expect((await refusal(without.publish(ALICE, homeOf(section('x'))))).error).toBe('not_enabled');
  expect(await without.slack.openHome(ALICE)).toMatchObject({ ok: false });
  expect(await without.slack.openHome(ALICE, 'messages')).toEqual({ ok: true });
});

const many = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);
const asking = (type: string) => ({
  type: 'input',
  label: { type: 'plain_text', text: 'When' },
  element: { type, action_id: 'a' },
});

test.each([
  ['/view/blocks', { blocks: many(101, { type: 'divider' }) }],
  ['/view/blocks/0/type', { blocks: [{ type: 'markdown', text: 'x' }] }],
  ['/view/blocks/0/type', { blocks: [{ type: 'data_visualization' }] }],
  ['/view/blocks/0/type', { blocks: [{ type: 'data_table' }] }],
  ['/view/blocks/0/type', { blocks: [{ type: 'alert', text: { type: 'mrkdwn', text: 'x' } }] }],
  ['/view/blocks/0/element/type', { blocks: [asking('datetimepicker')] }],
  ['/view/blocks/0/element/type', { blocks: [asking('email_text_input')] }],
  ['/view/private_metadata', { private_metadata: 'x'.repeat(3001) }],
  ['/view/type', { type: 'modal' }],
  ['/view', { type: undefined }],
  ['/view', { title: { type: 'plain_text', text: 'Home' } }],
])('refuses a Home tab at %s', (pointer, change) => {
  const checked = checkHome({ ...homeOf(section('x')), ...change });
  expect(checked).toMatchObject({ ok: false, error: 'invalid_arguments' });
  expect(checked.ok ? '' : checked.problems.join()).toContain(`[json-pointer:${pointer}]`);
});

test('accepts 100 blocks and inputs on a Home tab, and refuses more than 250 kB', () => {
  const blocks = [...many(99, section('x')), asking('plain_text_input')];
  expect(checkHome(homeOf(...blocks)).ok).toBe(true);
  const large = many(90, section('x'.repeat(2900)));
  expect(checkHome(homeOf(...large))).toMatchObject({ ok: false, error: 'view_too_large' });
});

test('tells the app when a user opens a tab, with the view if one was published', async () => {
  const { slack, opened, publish } = await withApp();
  await slack.openHome(ALICE);
  const { view } = await publish(ALICE, homeOf(section('one')));
  await slack.openHome(ALICE);
  await slack.openHome(ALICE, 'messages');
  await vi.waitFor(() => expect(opened).toHaveLength(3));
  expect(opened[0]).toMatchObject({
    type: 'event_callback',
    event_id: expect.stringMatching(/^Ev/),
    event: {
      type: 'app_home_opened',
      user: ALICE,
      channel: 'D0ALICE',
      tab: 'home',
      event_ts: expect.any(String),
    },
  });
  expect(opened[0]).not.toHaveProperty('event.view');
  expect(opened[1]).toMatchObject({ event: { tab: 'home', view: { id: view?.id, type: 'home' } } });
  expect(opened[2]).toMatchObject({ event: { tab: 'messages' } });
  expect(opened[2]).not.toHaveProperty('event.view');
});

test('an app that is not subscribed hears nothing of opened tabs', async () => {
  const { slack, opened } = await withApp(() => {}, { events: [] });
  expect(await slack.openHome(ALICE)).toEqual({ ok: true });
  await slack.sendEvent({ type: 'app_home_opened', user: BEN, tab: 'home' });
  await vi.waitFor(() => expect(opened).not.toEqual([]));
  expect(opened).toMatchObject([{ event: { user: BEN } }]);
});

test('delivers a press on the Home tab without channel, message or response URL', async () => {
  const bodies: object[] = [];
  const { slack, publish } = await withApp((app) => {
    app.action('claim', async ({ ack, body, client }) => {
      await ack();
      bodies.push(body);
      if ('trigger_id' in body)
        await client.views.open({ trigger_id: body.trigger_id, view: modal() });
    });
  });
  const home = { in: 'home' } as const;
  expect(await slack.press(ALICE, home, { actionId: 'claim' })).toMatchObject({ ok: false });
  const { view } = await publish(ALICE, homeOf(button('claim', 'a1')));
  expect(await slack.press(ALICE, home, { actionId: 'claim' })).toEqual({ ok: true });
  expect(bodies).toMatchObject([
    {
      type: 'block_actions',
      user: { id: ALICE },
      container: { type: 'view', view_id: view?.id },
      view: { id: view?.id, type: 'home', hash: view?.hash, state: { values: {} } },
      actions: [{ action_id: 'claim', value: 'a1', block_id: 'block.claim.a1' }],
    },
  ]);
  for (const key of ['channel', 'message', 'response_url'])
    expect(bodies[0]).not.toHaveProperty(key);
  await slack.until(() => slack.views(ALICE).length === 1);
});
