import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { startChild } from '../../src/sandbox/supabase/child.ts';

let answers: Record<string, number[]>;
beforeEach(() => {
  answers = {};
});
/** Gives the answers of a path in turn, and then 200. */
const server = createServer(({ url = '' }, response) =>
  response.writeHead(answers[url]?.shift() ?? 200).end(`answer of ${url}`),
);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => void server.close());
const address: AddressInfo | string | null = server.address();
const port = typeof address === 'object' ? address?.port : undefined;

async function run(vars: Record<string, string>, ...args: string[]) {
  const command = ['src/ops/health-check.ts', ...args];
  const child = await startChild(process.execPath, command, { env: vars });
  await child.ended;
  return child;
}
const exitCode = async (vars: Record<string, string>) => (await run(vars)).exitCode();

test('exits with 0 when the bot answers, even with spaces around PORT', async () => {
  expect(await exitCode({ PORT: `${port}` })).toBe(0);
  expect(await exitCode({ PORT: ` ${port} ` })).toBe(0);
});

test('exits with 1 when the bot answers with an error or not at all', async () => {
  answers = { '/healthz': [503] };
  expect(await exitCode({ PORT: `${port}` })).toBe(1);
  expect(await exitCode({ PORT: '9' })).toBe(1);
  expect(await exitCode({ PORT: 'canary' })).toBe(1);
});

test('exits with 0 when the bot opens no port', async () => {
  expect(await exitCode({ PORT: '', SLACK_APP_TOKEN: 'xapp-1' })).toBe(0);
});

test('a bot that is alive but not ready is healthy', async () => {
  answers = { '/readyz': [503] };
  expect(await exitCode({ PORT: `${port}` })).toBe(0);
});

test('with --until-ready, waits until the bot is ready', async () => {
  answers = { '/readyz': [503, 503] };
  const child = await run({ PORT: `${port}` }, '--until-ready');
  expect(child.exitCode()).toBe(0);
  expect(answers).toEqual({ '/readyz': [] });
});

test('with --until-ready, a bot without a port counts as not ready', async () => {
  const child = await run({ PORT: '', SLACK_APP_TOKEN: 'xapp-1' }, '--until-ready');
  expect(child.exitCode()).toBe(1);
  expect(child.tail()).toContain('The bot opens no port, or does not answer on it.');
});
