import type { Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { serveHealth } from '../../src/ops/health.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(
  problems: () => readonly string[],
): Promise<(path: string, method?: string) => Promise<Response>> {
  const server = await serveHealth(problems, 0);
  servers.push(server);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return (path, method = 'GET') => fetch(`http://127.0.0.1:${address.port}${path}`, { method });
}

test('a bot without problems is ready', async () => {
  const get = await serve(() => []);
  const response = await get('/readyz');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({ ok: true, problems: [] });
});

test('a bot without Slack or database is alive but not ready, and says why', async () => {
  const get = await serve(() => ['not connected to Slack']);
  const ready = await get('/readyz');
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ ok: false, problems: ['not connected to Slack'] });
  expect((await get('/healthz')).status).toBe(200);
});

test('checks readiness on every request', async () => {
  let problems = ['starting'];
  const get = await serve(() => problems);
  expect((await get('/readyz')).status).toBe(503);
  problems = [];
  expect((await get('/readyz?verbose=1')).status).toBe(200);
});

test.each([
  ['/', 'GET'],
  ['/healthz/x', 'GET'],
  ['/readyz', 'POST'],
  ['/..%2f..%2fetc/passwd', 'GET'],
])('%s %s is not found', async (path, method) => {
  const get = await serve(() => []);
  expect((await get(path, method)).status).toBe(404);
});

test('fails at startup when the port is taken', async () => {
  await serve(() => []);
  const taken = servers[0]?.address();
  const port = typeof taken === 'object' && taken !== null ? taken.port : 0;
  await expect(serveHealth(() => [], port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
