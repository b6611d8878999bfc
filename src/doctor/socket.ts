import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, ErrorEvent, MessageEvent, WebSocket } from 'undici';
import { z } from 'zod';
import { type Finding, ok, problem } from './finding.ts';

const HELLO_WITHIN_MS = 10_000;

const hello = z.object({ type: z.literal('hello') });
const farewell = z.object({ type: z.literal('disconnect'), reason: z.string().max(60) });

/**
 * Opens the WebSocket that Slack has offered, and closes it at the first word: Slack gives gestures to any
 * connection that is open.
 * @param proxyDispatcher undefined where no proxy is set
 */
export async function checkSocket(
  url: string,
  proxyDispatcher: Dispatcher | undefined,
): Promise<Finding> {
  const why = await failureOf(url, proxyDispatcher);
  if (why === null) {
    return ok('Slack accepts SLACK_APP_TOKEN, and a WebSocket opens: Socket Mode can connect.');
  }
  if (why === 'too_many_websockets') {
    return problem(
      'Slack has as many connections of this app as it takes: ten. End bots that are not needed.',
    );
  }
  const way =
    proxyDispatcher === undefined
      ? 'If only a proxy leads out of this network, set HTTPS_PROXY'
      : 'The proxy of HTTPS_PROXY must let CONNECT and WebSockets to it pass';
  return problem(
    `Slack accepts SLACK_APP_TOKEN, but the WebSocket to ${hostOf(url)} does not open (${why}). ${way}; if it answers with certificates of its own, NODE_EXTRA_CA_CERTS names the file of its authority.`,
  );
}

/** Null when Slack has said hello. */
async function failureOf(
  url: string,
  proxyDispatcher: Dispatcher | undefined,
): Promise<string | null> {
  // As Slack's SDK does it: HTTP/2 has no such sockets.
  const dispatcher = proxyDispatcher ?? new Agent({ allowH2: false });
  const socket = new WebSocket(url, { dispatcher });
  const late = new AbortController();
  try {
    return await Promise.race([
      firstWord(socket),
      sleep(HELLO_WITHIN_MS, `no answer within ${HELLO_WITHIN_MS / 1000} s`, {
        signal: late.signal,
      }),
    ]);
  } finally {
    late.abort();
    socket.close();
    if (dispatcher !== proxyDispatcher) void dispatcher.destroy();
  }
}

function firstWord(socket: WebSocket): Promise<string | null> {
  return new Promise((resolve) => {
    socket.addEventListener('message', (event) => {
      if (!(event instanceof MessageEvent) || typeof event.data !== 'string') return;
      const said: unknown = parsed(event.data);
      if (hello.safeParse(said).success) resolve(null);
      const reason = farewell.safeParse(said).data?.reason;
      if (reason !== undefined) resolve(reason);
    });
    socket.addEventListener('error', (event) => {
      resolve(event instanceof ErrorEvent ? codeOf(event.error) : 'no connection');
    });
    socket.addEventListener('close', () => resolve('closed without a word'));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The innermost code says most: ECONNREFUSED, UNABLE_TO_VERIFY_LEAF_SIGNATURE, … */
function codeOf(error: unknown): string {
  let code = 'no connection';
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth++) {
    if ('code' in cause && typeof cause.code === 'string') code = cause.code;
    cause = cause.cause;
  }
  return code;
}

const hostOf = (url: string): string => URL.parse(url)?.host ?? 'an address that is none';
