import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '../../../src/sandbox/page/build-page.ts';
import type { PageState } from '../../../src/sandbox/slack/protocol.ts';

export interface Requested {
  verb: string;
  body: unknown;
}

export interface FakeSlack {
  url: string;
  /** All requests from the page, in order. */
  requests: Requested[];
  /** Response by verb, default `{ ok: true }`. A promise keeps the page waiting. */
  answers: Map<string, Promise<unknown> | unknown>;
  /** Sends a new state to every open page. */
  show(change: (state: PageState) => PageState): void;
  /** Drops all event streams, and refuses new ones until the returned function is called. */
  goAway(): () => void;
  stop(): Promise<void>;
}

/** Stands in for the local Slack's page server: sends states and records requests. */
export async function startFakeSlack(
  page: Page,
  stateFor: (as: string) => PageState | null,
): Promise<FakeSlack> {
  const streams = new Map<ServerResponse, PageState>();
  const requests: Requested[] = [];
  const answers = new Map<string, unknown>();
  let away = false;
  const push = (stream: ServerResponse, state: PageState) => {
    streams.set(stream, state);
    stream.write(`data: ${JSON.stringify(state)}\n\n`);
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/page/events') {
      if (away) return void response.writeHead(503).end();
      const state = stateFor(url.searchParams.get('as') ?? '');
      if (!state) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      push(response, state);
      response.on('close', () => streams.delete(response));
      return;
    }
    if (request.method === 'POST') {
      const verb = url.pathname.replace('/page/', '');
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk);
      requests.push({ verb, body: JSON.parse(Buffer.concat(chunks).toString()) });
      const answer = (await answers.get(verb)) ?? { ok: true };
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer));
    }
    const asset = page.assets[url.pathname.replace('/assets/', '')];
    if (asset) return void response.writeHead(200, { 'content-type': asset.type }).end(asset.body);
    if (url.pathname === '/')
      return void response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(page.html);
    return void response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = isInet(address) ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    answers,
    show: (change) => {
      for (const [stream, state] of streams) push(stream, change(state));
    },
    goAway: () => {
      away = true;
      for (const stream of streams.keys()) stream.destroy();
      return () => {
        away = false;
      };
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isInet(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
