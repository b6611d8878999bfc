import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { listen } from './listen.ts';

const event = z.object({
  type: z.string(),
  timestamp: z.string(),
  data: z.looseObject({ alert_id: z.string(), sequence: z.number() }),
});

export type WebhookEvent = z.output<typeof event>;

/** How the receiver answers one request. It may leave it open. */
export type Answer = (response: ServerResponse) => void;

export const answers = {
  ok: (response: ServerResponse) => void response.writeHead(204).end(),
  status:
    (status: number, headers: Record<string, string> = {}): Answer =>
    (response) =>
      void response.writeHead(status, headers).end('{"error": "not now"}'),
  /** Says nothing, however long one waits. */
  silence: () => {},
  /** Closes the connection without a word. */
  cutOff: (response: ServerResponse) => void response.destroy(),
  /** Takes it, and closes the connection in the middle of its answer. */
  cutOffAfterStatus: (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{', () => response.destroy());
  },
} satisfies Record<string, Answer | ((...args: never[]) => Answer)>;

export interface Received {
  id: string;
  event: WebhookEvent;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface WebhookReceiver {
  url: string;
  secret: string;
  /** Every request whose signature is right, in order, whatever the answer was. */
  received: Received[];
  /** Requests whose signature is wrong. */
  forged: string[];
  /** How the next requests are answered, one each; the ones after that with 204. */
  next(...some: readonly Answer[]): void;
  /** How all requests are answered from now on that `next` says nothing about. */
  always(answer: Answer): void;
}

/** A CRM: a real HTTP server that checks signatures as one should. Closed after the test file. */
export async function webhookReceiver(
  secret = `whsec_${Buffer.alloc(32, 'outcomes').toString('base64')}`,
): Promise<WebhookReceiver> {
  const webhook = new Webhook(secret);
  const received: Received[] = [];
  const forged: string[] = [];
  const script: Answer[] = [];
  let otherwise: Answer = answers.ok;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, `${value}`]),
      );
      try {
        const payload = event.parse(webhook.verify(body, headers));
        received.push({
          id: headers['webhook-id'] ?? '',
          event: payload,
          headers: request.headers,
          body,
        });
      } catch {
        forged.push(body);
      }
      (script.shift() ?? otherwise)(response);
    });
  });
  const port = await listen(server);
  afterAll(async () => {
    const end = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await end;
  });
  return {
    url: `http://127.0.0.1:${port}/leads`,
    secret,
    received,
    forged,
    next: (...some) => void script.push(...some),
    always(answer) {
      otherwise = answer;
    },
  };
}
