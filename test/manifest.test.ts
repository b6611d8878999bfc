import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ids } from '../blocks/ids.ts';
import { lookUpModal } from '../blocks/look-up-modal.ts';
import {
  EVENTS,
  SCOPES as GRANTED,
  HAS_HOME_TAB,
  SHORTCUTS,
} from '../src/sandbox/slack/defaults.ts';
import { codeOf, readSource, sourceFiles } from './support/source-files.ts';

const names = z.array(z.string());
const manifest = z
  .object({
    display_information: z.object({ name: z.string(), description: z.string() }),
    features: z.object({
      bot_user: z.object({ display_name: z.string() }),
      app_home: z.object({ home_tab_enabled: z.boolean(), messages_tab_enabled: z.boolean() }),
      slash_commands: z.array(z.object({ command: z.string(), should_escape: z.boolean() })),
      shortcuts: z.array(
        z.object({
          name: z.string(),
          type: z.enum(['global', 'message']),
          callback_id: z.string(),
          description: z.string(),
        }),
      ),
    }),
    oauth_config: z.object({ scopes: z.object({ bot: names }) }),
    settings: z.object({
      interactivity: z.object({ is_enabled: z.boolean() }),
      event_subscriptions: z.object({ bot_events: names }).default({ bot_events: [] }),
      socket_mode_enabled: z.boolean(),
    }),
  })
  .parse(parse(readSource('manifest.yml')));
const { features, settings } = manifest;
const scopes = manifest.oauth_config.scopes.bot;

const botFiles = sourceFiles('src').filter((file) => !/^src\/(?:sandbox|sql)\//.test(file));

/** What is registered with Bolt: `app.command('/lead'` gives `/lead` for `command`. */
function registered(kind: string): string[] {
  return botFiles.flatMap((file) =>
    [...readSource(file).matchAll(new RegExp(`\\bapp\\.${kind}\\(\\s*([^,]+),`, 'g'))].map(
      ([, what = '']) => what.replaceAll("'", ''),
    ),
  );
}

/** The scopes a bot needs for a method, https://docs.slack.dev/reference/methods. All of them, or none. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'apps.connections.open': [],
  'auth.test': [],
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'users.conversations': ['channels:read', 'groups:read'],
  'users.info': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'usergroups.users.list': ['usergroups:read'],
  'views.open': [],
  'views.publish': [],
  'views.push': [],
  'views.update': [],
};

const called = new Set(
  botFiles.flatMap((file) =>
    [...codeOf(file).matchAll(/\bclient\s*\.\s*([a-z]+(?:\.[a-z]+)*\.[a-zA-Z]+)\(/g)]
      .map(([, method = '']) => method)
      .filter(() => /'@slack\/web-api'|slack-client\.ts'/.test(readSource(file))),
  ),
);

test('finds the Web API calls in the code', () => {
  expect([...called]).toEqual(
    expect.arrayContaining(['auth.test', 'chat.postMessage', 'chat.update', 'views.open']),
  );
});

test('knows the scopes of every method that is called', () => {
  expect([...called].filter((method) => !(method in SCOPES))).toEqual([]);
});

test('the manifest asks for exactly the scopes that the calls need', () => {
  const needed = new Set([...called].flatMap((method) => SCOPES[method] ?? []));
  if (registered('command').length > 0) needed.add('commands');
  // https://docs.slack.dev/reference/events/app_mention
  if (registered('event').includes('app_mention')) needed.add('app_mentions:read');
  expect([...scopes].sort()).toEqual([...needed].sort());
});

test('the local Slack grants what the manifest asks for, so that a missing scope shows in the demo', () => {
  expect([...scopes].sort()).toEqual([...GRANTED].sort());
});

test('the local Slack has the Home tab, events and shortcuts of the manifest', () => {
  expect(features.app_home.home_tab_enabled).toBe(HAS_HOME_TAB);
  expect([...settings.event_subscriptions.bot_events].sort()).toEqual([...EVENTS].sort());
  expect(SHORTCUTS).toEqual(
    features.shortcuts.map(({ name, type, callback_id, description }) => {
      return { callbackId: callback_id, kind: type, name, description };
    }),
  );
});

test('the manifest has the commands that the code answers', () => {
  const commands = features.slash_commands.map(({ command }) => command);
  expect(commands).toEqual(registered('command'));
  expect(commands).toEqual(['/lead']);
});

test('commands arrive with escaped text, as the parser expects', () => {
  expect(features.slash_commands.every((command) => command.should_escape)).toBe(true);
});

test('interactivity is on, because the bot answers buttons and modals', () => {
  expect([...registered('action'), ...registered('view')]).not.toEqual([]);
  expect(settings.interactivity.is_enabled).toBe(true);
});

test('the manifest subscribes to the events that the code listens to', () => {
  const events = settings.event_subscriptions.bot_events;
  expect([...events].sort()).toEqual([...registered('event'), ...registered('message')].sort());
});

test('the manifest has the shortcuts that the code answers', () => {
  const shortcuts = features.shortcuts.map(({ type, callback_id }) => [type, callback_id]);
  expect(shortcuts).toEqual([
    ['global', ids.lookUp],
    ['message', ids.companiesIn],
  ]);
  expect(registered('shortcut').sort()).toEqual(['ids.companiesIn', 'ids.lookUp']);
});

test('the form of a shortcut has its name', () => {
  expect(features.shortcuts[0]?.name).toBe(lookUpModal().title.text);
});

test("users can open the app's Home tab and direct messages, and Socket Mode is on", () => {
  expect(features.app_home).toEqual({ home_tab_enabled: true, messages_tab_enabled: true });
  expect(settings.socket_mode_enabled).toBe(true);
});

test("names and descriptions fit Slack's limits", () => {
  expect(manifest.display_information.name).toMatch(/^.{1,35}$/);
  expect(manifest.display_information.description).toMatch(/^.{1,140}$/);
  expect(features.bot_user.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
  expect(features.shortcuts.length).toBeLessThanOrEqual(10);
  for (const { name, description } of features.shortcuts) {
    expect(name).toMatch(/^.{1,24}$/);
    expect(description).toMatch(/^.{1,150}$/);
  }
});
