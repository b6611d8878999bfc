import { createServer, type Server, type ServerResponse } from 'node:http';

/** One sentence per thing that is not as it should be; empty when the bot can do its work. */
export type Readiness = () => readonly string[] | Promise<readonly string[]>;

/** Whoever sends slowly, or nothing, must not use up the connections that a process may have. */
export const SERVER_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 5_000,
} as const;

/** `/healthz`: the process lives. `/readyz`: database, Slack and poll are in order. */
export const healthRoutes = (readiness: Readiness) => [
  { path: '/healthz', method: 'GET', handler: (_: unknown, res: ServerResponse) => send(res, []) },
  {
    path: '/readyz',
    method: 'GET',
    handler: async (_: unknown, res: ServerResponse) => send(res, await readiness()),
  },
];

function send(res: ServerResponse, problems: readonly string[]): void {
  res.writeHead(problems.length === 0 ? 200 : 503, { 'content-type': 'application/json' });
  res.end(`${JSON.stringify({ ok: problems.length === 0, problems })}\n`);
}

/**
 * Serves the health routes by themselves: in Socket Mode, where Bolt has no HTTP server, and before the
 * bot can receive.
 * @throws what the system says when the port can't be opened
 */
export async function serveHealth(readiness: Readiness, port: number): Promise<Server> {
  const routes = healthRoutes(readiness);
  const server = createServer(SERVER_LIMITS, (req, res) => {
    const route = routes.find(({ path }) => path === req.url?.split('?')[0]);
    if (req.method === 'GET' && route !== undefined) return void route.handler(req, res);
    res.writeHead(404);
    res.end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return server;
}
