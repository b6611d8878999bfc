import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { listen } from './listen.ts';

export interface Failure {
  status: number;
  /** PostgREST's error code; without it, the body is that of a proxy. */
  code?: string;
  retryAfterSeconds?: number;
}

interface FailingGateway {
  url: string;
  /** Requests for this function since the start, failed ones included. */
  calls(name: string): number;
  /** Requests for any function since the start. */
  total(): number;
  /** Fails the next `times` calls of a function, or all until the returned function is called. */
  fails(name: string, failure: Failure, times?: number): () => void;
}

/** A gateway to the API whose calls can fail, closed after the test. */
export async function failingGateway(apiUrl: string): Promise<FailingGateway> {
  const seen: string[] = [];
  const rules = new Set<{ name: string; failure: Failure; left: number }>();

  async function forward(request: IncomingMessage): Promise<Response> {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk);
    const name = request.url?.split('/').at(-1) ?? '';
    seen.push(name);
    const rule = [...rules].find((one) => one.name === name && one.left > 0);
    if (rule !== undefined) {
      rule.left -= 1;
      const { status, code, retryAfterSeconds } = rule.failure;
      return new Response(code === undefined ? 'Service Unavailable' : JSON.stringify({ code }), {
        status,
        headers: retryAfterSeconds === undefined ? {} : { 'retry-after': `${retryAfterSeconds}` },
      });
    }
    const { apikey, authorization } = request.headers;
    return fetch(`${apiUrl}${request.url}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        apikey: String(apikey),
        authorization: String(authorization),
      },
      body: Buffer.concat(body),
    });
  }

  const server = createServer((request, response) => {
    forward(request)
      .then(async (answer) => {
        const retryAfter = answer.headers.get('retry-after');
        if (retryAfter !== null) response.setHeader('retry-after', retryAfter);
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(await answer.text());
      })
      .catch(() => response.destroy());
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    calls: (name) => seen.filter((one) => one === name).length,
    total: () => seen.length,
    fails(name, failure, times = Number.POSITIVE_INFINITY) {
      const rule = { name, failure, left: times };
      rules.add(rule);
      return () => void rules.delete(rule);
    },
  };
}
