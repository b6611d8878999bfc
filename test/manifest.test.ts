import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SCOPES as GRANTED } from '../src/sandbox/slack/defaults.ts';
import { codeOf, readSource, sourceFiles } from './support/source-files.ts';

const manifest = readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.replace(/\s+#.*$|^#.*$/, ''))
  .filter((line) => line.trim() !== '');

/** The lines below a key, as far as they are indented deeper; the manifest is plain block YAML. */
function below(...path: readonly string[]): string[] {
  let lines = manifest;
  for (const key of path) {
    const at = lines.findIndex((line) => line.trim() === `${key}:`);
    if (at < 0) return [];
    const depth = indent(lines[at] ?? '');
    const rest = lines.slice(at + 1);
    const end = rest.findIndex((line) => indent(line) <= depth);
    lines = end < 0 ? rest : rest.slice(0, end);
  }
  return lines.map((line) => line.trim());
}

const indent = (line: string): number => line.length - line.trimStart().length;

const items = (...path: readonly string[]): string[] =>
  below(...path)
    .filter((line) => line.startsWith('- '))
    .map((line) => line.slice(2));

const botFiles = sourceFiles('src').filter((file) => !/^src\/(?:sandbox|sql)\//.test(file));

/** What is registered with Bolt: `app.command('/lead'` gives `/lead` for `command`. */
function registered(kind: string): string[] {
  return botFiles.flatMap((file) =>
    [...readSource(file).matchAll(new RegExp(`\\bapp\\.${kind}\\(\\s*([^,]+),`, 'g'))].map(
      ([, what = '']) => what.replaceAll("'", ''),
    ),
  );
}

/** Scopes a bot needs for a method, https://docs.slack.dev/reference/methods; all of them, or none. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'apps.connections.open': [],
  'auth.test': [],
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'users.conversations': ['channels:read', 'groups:read'],
  'users.info': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'views.open': [],
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

test('the calls of Slack’s Web API are found in the code', () => {
  expect([...called]).toEqual(
    expect.arrayContaining(['auth.test', 'chat.postMessage', 'chat.update', 'views.open']),
  );
});

test('for every method that is called it is known which scopes it needs', () => {
  expect([...called].filter((method) => !(method in SCOPES))).toEqual([]);
});

test('the manifest asks for every scope that a call needs, and for no other', () => {
  const needed = new Set([...called].flatMap((method) => SCOPES[method] ?? []));
  if (registered('command').length > 0) needed.add('commands');
  expect(items('oauth_config', 'scopes', 'bot').sort()).toEqual([...needed].sort());
});

test('the local Slack grants what the manifest asks for, so that a missing scope shows in the demo', () => {
  expect(items('oauth_config', 'scopes', 'bot').sort()).toEqual([...GRANTED].sort());
});

test('the manifest has the commands that the code answers', () => {
  const commands = items('features', 'slash_commands').map((line) =>
    line.replace(/^command: /, ''),
  );
  expect(commands).toEqual(registered('command'));
  expect(commands).toEqual(['/lead']);
});

test('text of commands comes escaped, as the parser expects it', () => {
  expect(below('features', 'slash_commands')).toContain('should_escape: true');
});

test('interactivity is on, because buttons and modals are answered', () => {
  expect([...registered('action'), ...registered('view')]).not.toEqual([]);
  expect(below('settings', 'interactivity')).toContain('is_enabled: true');
});

test('the manifest subscribes to the events that the code listens to', () => {
  const events = items('settings', 'event_subscriptions', 'bot_events');
  expect(events.sort()).toEqual([...registered('event'), ...registered('message')].sort());
});

test('the manifest has the shortcuts that the code answers', () => {
  expect(items('features', 'shortcuts')).toEqual(registered('shortcut'));
});

test('direct messages reach people, and Socket Mode is on', () => {
  expect(below('features', 'app_home')).toContain('messages_tab_enabled: true');
  expect(below('settings')).toContain('socket_mode_enabled: true');
});

test('names and descriptions fit into what Slack takes', () => {
  const value = (path: readonly string[], key: string): string =>
    below(...path)
      .find((line) => line.startsWith(`${key}: `))
      ?.slice(key.length + 2) ?? '';
  expect(value(['display_information'], 'name')).toMatch(/^.{1,35}$/);
  expect(value(['display_information'], 'description')).toMatch(/^.{1,140}$/);
  expect(value(['features', 'bot_user'], 'display_name')).toMatch(/^[a-z0-9._-]{1,80}$/);
});
