import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, ErrorEvent, MessageEvent, WebSocket } from 'undici';
import { z } from 'zod';
import { type Finding, ok, problem } from './finding.ts';

const HELLO_WITHIN_MS = 10_000;

const hello = z.object({ type: z.literal('hello') });
const disconnect = z.object({ type: z.literal('disconnect'), reason: z.string().max(60) });

/**
 * Opens the WebSocket that Slack offered and closes it after the first message, because Slack may send gestures to any
 * open connection.
 * @param proxyDispatcher undefined without a proxy
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
      "This app already has ten connections, Slack's limit. Stop bots you don't need.",
    );
  }
  const advice =
    proxyDispatcher === undefined
      ? 'If this network needs a proxy, set HTTPS_PROXY'
      : 'The proxy in HTTPS_PROXY must allow CONNECT and WebSockets to that host';
  return problem(
    `Slack accepts SLACK_APP_TOKEN, but the WebSocket to ${hostOf(url)} does not open (${why}). ${advice}. If it replaces certificates, set NODE_EXTRA_CA_CERTS to its CA file.`,
  );
}

/** Null when Slack says hello. */
async function failureOf(
  url: string,
  proxyDispatcher: Dispatcher | undefined,
): Promise<string | null> {
  // Same as Slack's SDK: its WebSockets need HTTP/1.1.
  const dispatcher = proxyDispatcher ?? new Agent({ allowH2: false });
  const socket = new WebSocket(url, { dispatcher });
  const late = new AbortController();
  try {
    return await Promise.race([
      firstMessage(socket),
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

function firstMessage(socket: WebSocket): Promise<string | null> {
  return new Promise((resolve) => {
    socket.addEventListener('message', (event) => {
      if (!(event instanceof MessageEvent) || typeof event.data !== 'string') return;
      const message: unknown = parsed(event.data);
      if (hello.safeParse(message).success) resolve(null);
      const reason = disconnect.safeParse(message).data?.reason;
      if (reason !== undefined) resolve(reason);
    });
    socket.addEventListener('error', (event) => {
      resolve(event instanceof ErrorEvent ? codeOf(event.error) : 'no connection');
    });
    socket.addEventListener('close', () => resolve('closed without a message'));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The innermost code is the most specific: ECONNREFUSED, UNABLE_TO_VERIFY_LEAF_SIGNATURE, … */
function codeOf(error: unknown): string {
  let code = 'no connection';
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth++) {
    if ('code' in cause && typeof cause.code === 'string') code = cause.code;
    cause = cause.cause;
  }
  return code;
}

const hostOf = (url: string): string => URL.parse(url)?.host ?? 'an invalid address';
