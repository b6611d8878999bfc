import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { startChild } from '../../src/sandbox/supabase/child.ts';

let status = 200;
const server = createServer((_, response) => response.writeHead(status).end());
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => void server.close());
const address: AddressInfo | string | null = server.address();
const port = typeof address === 'object' ? address?.port : undefined;

async function exitCode(vars: Record<string, string>): Promise<number | null> {
  const child = await startChild(process.execPath, ['src/ops/health-check.ts'], { env: vars });
  await child.ended;
  return child.exitCode();
}

test('exits with 0 when the bot answers, even with spaces around PORT', async () => {
  expect(await exitCode({ PORT: `${port}` })).toBe(0);
  expect(await exitCode({ PORT: ` ${port} ` })).toBe(0);
});

test('exits with 1 when the bot answers with an error or not at all', async () => {
  status = 503;
  expect(await exitCode({ PORT: `${port}` })).toBe(1);
  expect(await exitCode({ PORT: '9' })).toBe(1);
  expect(await exitCode({ PORT: 'canary' })).toBe(1);
});

test('exits with 0 when the bot opens no port', async () => {
  expect(await exitCode({ PORT: '', SLACK_APP_TOKEN: 'xapp-1' })).toBe(0);
});
