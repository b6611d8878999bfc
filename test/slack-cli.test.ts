import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { readSource } from './support/source-files.ts';

// The hooks are called as the Slack CLI calls them, after internal/hooks in github.com/slackapi/slack-cli.

const root = join(import.meta.dirname, '..');

/** A clone without .env: the hook "start" must not find the settings of the machine that runs this. */
const clone = mkdtempSync(join(tmpdir(), 'lead-alerts-clone-'));
for (const name of ['.slack', 'blocks', 'manifest.yml', 'node_modules', 'package.json', 'src'])
  symlinkSync(join(root, name), join(clone, name));
afterAll(() => rmSync(clone, { recursive: true }));

const Watch = z.object({ paths: z.array(z.string()), 'filter-regex': z.string().optional() });
const Hooks = z.object({
  hooks: z.record(z.string(), z.string()),
  config: z
    .object({
      watch: z.object({ app: Watch, manifest: Watch }),
      'protocol-version': z.array(z.string()).optional(),
      'sdk-managed-connection-enabled': z.boolean().optional(),
    })
    .optional(),
});

const project = Hooks.parse(JSON.parse(readSource('.slack/hooks.json')));

/** The CLI hands the hook's command line to a shell. */
const run = (hook: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  spawn('sh', ['-c', [project.hooks[hook], ...args].join(' ')], {
    cwd: clone,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });

async function call(hook: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const child = run(hook, args, env);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

const MANIFEST = {
  display_information: { name: 'Lead Alerts', background_color: '#1f3a34' },
  features: { slash_commands: [{ command: '/lead', should_escape: true }] },
  oauth_config: { scopes: { bot: expect.arrayContaining(['chat:write', 'commands']) } },
  settings: { socket_mode_enabled: true },
};

test('get-hooks prints what hooks.json leaves out: the bot connects to Slack by itself', async () => {
  const { code, stdout } = await call('get-hooks');
  expect(code).toBe(0);
  const defaults = Hooks.parse(JSON.parse(stdout));
  expect(Object.keys(defaults.hooks)).toEqual(expect.arrayContaining(['check-update', 'doctor']));
  expect(defaults.config).toMatchObject({
    'protocol-version': ['message-boundaries'],
    'sdk-managed-connection-enabled': true,
  });
  // The CLI merges hooks.json over the defaults key by key. A default filter would ignore TypeScript.
  expect(Object.keys(defaults.config?.watch.app ?? {}).sort()).toEqual(
    Object.keys(project.config?.watch.app ?? {}).sort(),
  );
  expect(defaults.config?.watch.manifest).not.toHaveProperty('filter-regex');
});

test("get-manifest prints manifest.yml as JSON between the CLI's boundaries", async () => {
  const boundary = '5c1b'.repeat(16);
  const { code, stdout } = await call('get-manifest', [
    '--source="/home/ada/lead alerts"',
    '--protocol=message-boundaries',
    `--boundary=${boundary}`,
  ]);
  expect(code).toBe(0);
  const [before, answer = '', after] = stdout.split(boundary);
  expect([before, after]).toEqual(['', '\n']);
  expect(JSON.parse(answer)).toMatchObject(MANIFEST);
});

test('get-manifest prints only JSON for a CLI that passes no boundaries', async () => {
  const { stdout } = await call('get-manifest', ['--source="/home/ada/lead-alerts"']);
  expect(JSON.parse(stdout)).toMatchObject(MANIFEST);
});

const TOKENS = { SLACK_BOT_TOKEN: 'xoxb-of-the-cli', SLACK_APP_TOKEN: 'xapp-of-the-cli' };

test('start runs the bot with the tokens that the CLI puts into the environment', async () => {
  const { code, stderr } = await call('start', [], TOKENS);
  expect(code).toBe(1);
  expect(stderr).toContain('These settings are missing or wrong:');
  expect(stderr).toContain('SUPABASE_URL');
  expect(stderr).not.toMatch(/SLACK_(?:BOT|APP)_TOKEN/);
});

test('an interrupt from the CLI on restart reaches the bot through every shell', async () => {
  const child = run('start', [], {
    ...TOKENS,
    SLACK_API_URL: 'http://127.0.0.1:1/api/',
    SUPABASE_URL: 'http://127.0.0.1:1',
    SUPABASE_KEY: `sb_secret_${'0'.repeat(36)}`,
    ALERT_CHANNEL: 'C0123ABCD',
  });
  const closed = once(child, 'close');
  let output = '';
  let interrupted = false;
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    output += chunk;
    if (!interrupted && output.includes('Slack does not answer')) {
      interrupted = child.kill('SIGINT');
    }
  }
  expect(output).toContain('"msg":"stopping"');
  expect(await closed).toEqual([0, null]);
});

test('hooks run only what npm ci installs', () => {
  for (const command of Object.values(project.hooks)) {
    expect(command).toMatch(/^(?:(?:exec )?npm (?:start|run)\b|npx -q --no-install )/);
  }
});
