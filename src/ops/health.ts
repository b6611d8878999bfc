import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** One sentence per problem; empty when the bot is ready. */
export type Readiness = () => readonly string[] | Promise<readonly string[]>;

/** Slow or idle clients must not use up the process's connections. */
export const SERVER_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 5_000,
  // Balancers reuse an idle connection for a minute (nginx, AWS). If the bot closed it first, a click that is on its way
  // would be lost.
  keepAliveTimeout: 75_000,
} as const;

export interface Route {
  path: string;
  method: 'GET';
  /** Never rejects. */
  handler: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
}

/** `/healthz`: the process is alive. `/readyz`: database, Slack and polls work. */
export const healthRoutes = (readiness: Readiness): Route[] => [
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
 * Serves the health routes: in Socket Mode, where Bolt has no HTTP server, and during startup.
 * @throws the system's error when the port can't be opened
 */
export const serveHealth = (
  readiness: Readiness,
  port: number,
  more: readonly Route[] = [],
): Promise<Server> => serveRoutes([...healthRoutes(readiness), ...more], port);

/**
 * Serves only these routes.
 * @throws the system's error when the port can't be opened
 */
export async function serveRoutes(routes: readonly Route[], port: number): Promise<Server> {
  const server = createServer(SERVER_LIMITS, (req, res) => {
    const route = routes.find(({ path }) => path === req.url?.split('?')[0]);
    if (route !== undefined && req.method === route.method) return void route.handler(req, res);
    res.writeHead(404);
    res.end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return server;
}
