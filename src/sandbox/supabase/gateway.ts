import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Admission } from './keys.ts';

export interface Gateway {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

const PREFIX = '/rest/v1';

/**
 * The part of Supabase's API gateway behind `/rest/v1`: checks the keys, turns them into the Authorization
 * header that PostgREST understands, and streams the rest through.
 */
export async function startGateway(options: {
  socketPath: string;
  /** Default: any free port. */
  port?: number;
  admit: (headers: IncomingHttpHeaders, path: string) => Admission;
  /** Called with the path of every request below `/rest/v1`. */
  onRequest?: (path: string) => void;
}): Promise<Gateway> {
  const { socketPath } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const server = createServer((incoming, outgoing) => {
    const { pathname, search } = new URL(incoming.url ?? '/', 'http://gateway');
    if (pathname !== PREFIX && !pathname.startsWith(`${PREFIX}/`)) {
      return answer(outgoing, 404, { message: `no Route matched with those values: ${pathname}` });
    }
    const path = pathname.slice(PREFIX.length) || '/';
    options.onRequest?.(path);
    const admission = options.admit(incoming.headers, path);
    // A browser's preflight request has no key.
    if (!admission.admitted && incoming.method !== 'OPTIONS') {
      const { message, hint } = admission;
      return answer(outgoing, 401, { message, hint });
    }
    forward(incoming, outgoing, {
      path: `${path}${search}`,
      authorization: admission.admitted ? admission.authorization : undefined,
    });
  });

  function forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    target: { path: string; authorization: string | undefined },
  ): void {
    const { apikey: _, authorization: __, connection: ___, ...headers } = incoming.headers;
    const upstream = request(
      {
        agent,
        socketPath,
        path: target.path,
        method: incoming.method,
        headers: {
          ...headers,
          ...(target.authorization !== undefined && { authorization: target.authorization }),
        },
      },
      (response) => {
        const { connection: _, 'keep-alive': __, ...rest } = response.headers;
        outgoing.writeHead(response.statusCode ?? 502, rest);
        response.pipe(outgoing);
        response.on('error', () => outgoing.destroy());
      },
    );
    upstream.on('error', () => {
      if (outgoing.headersSent) outgoing.destroy();
      else
        answer(outgoing, 502, {
          message: 'An invalid response was received from the upstream server',
        });
    });
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) upstream.destroy();
    });
    incoming.pipe(upstream);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = addressOf(server.address());
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('The gateway has no port');
  return address;
}

function answer(outgoing: ServerResponse, status: number, body: object): void {
  outgoing.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  outgoing.end(JSON.stringify(body));
}
