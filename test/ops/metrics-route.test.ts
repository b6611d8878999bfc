import { expect, onTestFinished, test } from 'vitest';
import { serveRoutes } from '../../src/ops/health.ts';
import { metricsRoute } from '../../src/ops/metrics-route.ts';

const TOKEN = 'a-token-of-24-characters';

async function serve(token: string | null) {
  const metrics = {
    contentType: 'text/plain; version=0.0.4',
    render: async () => 'x 1\n',
  } as const;
  const server = await serveRoutes([metricsRoute(metrics, token)], 0);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${address.port}${path}`, init);
}

test('without a token, shows metrics to anyone', async () => {
  const response = await (await serve(null))('/metrics');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
  expect(await response.text()).toBe('x 1\n');
});

test.each([
  [`Bearer ${TOKEN}`, 200],
  [`bearer ${TOKEN}`, 200],
  ['', 401],
  ['Bearer', 401],
  ['Bearer a-token-of-24-character', 401],
  [`Bearer ${TOKEN}x`, 401],
  [`Basic ${TOKEN}`, 401],
  [TOKEN, 401],
])('with a token, a request with "%s" gets %i', async (authorization, status) => {
  const response = await (await serve(TOKEN))('/metrics', { headers: { authorization } });
  expect(response.status).toBe(status);
  expect(await response.text()).toBe(status === 200 ? 'x 1\n' : '');
  expect(response.headers.get('www-authenticate')).toBe(status === 200 ? null : 'Bearer');
});

test.each([
  ['/', 'GET'],
  ['/healthz', 'GET'],
  ['/metrics/x', 'GET'],
  ['/metrics', 'POST'],
])('%s %s is not found', async (path, method) => {
  expect((await (await serve(null))(path, { method })).status).toBe(404);
});
