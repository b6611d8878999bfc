import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from './health.ts';
import type { Metrics } from './metrics.ts';

/** @param token what a request needs as its bearer token; null for nothing */
export const metricsRoute = (
  { render, contentType }: Pick<Metrics, 'render' | 'contentType'>,
  token: string | null,
): Route => ({
  path: '/metrics',
  method: 'GET',
  async handler(request: IncomingMessage, response: ServerResponse) {
    if (token !== null && !hasToken(request, token)) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' });
      response.end();
      return;
    }
    const text = await render();
    response.writeHead(200, { 'content-type': contentType });
    response.end(text);
  },
});

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  // Digests have one length, so that comparing takes the same time for any token.
  return timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
