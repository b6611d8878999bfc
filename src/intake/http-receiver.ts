import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import {
  type CustomRoute,
  HTTPModuleFunctions,
  HTTPReceiver,
  isRawBodyError,
  isValidSlackRequest,
  type Logger,
} from '@slack/bolt';
import { z } from 'zod';
import type { SeenRequests } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';

const PATH = '/slack/events';
/** Slack's largest payload is a 250 kB modal, which encoding at most triples. */
const MAX_BYTES = 1024 * 1024;
/** Total of all bodies being read. */
const MAX_BYTES_IN_FLIGHT = 32 * MAX_BYTES;
/** Slack's limit, https://docs.slack.dev/authentication/verifying-requests-from-slack */
const OLDEST_SECONDS = 5 * 60;
/** How far Slack's clock may be ahead of ours. */
const CLOCK_TOLERANCE_SECONDS = 60;
/** A signature is valid for this long. */
const REMEMBER_MS = (OLDEST_SECONDS + CLOCK_TOLERANCE_SECONDS) * 1_000;
const LOG_EVERY_MS = 60_000;
/** Slack waits three seconds for an answer. */
const DATABASE_MS = 500;

export interface StrictReceiverSettings {
  signingSecret: string;
  port: number;
  customRoutes: CustomRoute[];
  logger: Logger;
  seen: SeenRequests;
  log: Log;
}

type Refuse = (event: string, reason: string, advice?: string) => void;

/**
 * Bolt's receiver with stricter checks in front. Bolt accepts replays within five minutes and requests dated in the
 * future; here, each request is accepted once, across all replicas. Only valid requests, `ssl_check` and the health
 * routes reach Bolt: it logs a line for each unreadable request and can end the process with an unhandled rejection.
 */
export function strictReceiver(settings: StrictReceiverSettings): HTTPReceiver {
  const { seen: _seen, log, ...bolt } = settings;
  const receiver = new HTTPReceiver({ ...bolt, endpoints: PATH, bodyLimit: MAX_BYTES });
  const inner = receiver.requestListener;
  const refuse = oncePerMinute(log);
  const check = createCheck(settings, refuse);
  const routes = settings.customRoutes.map(({ method, path }) => `${method} ${path}`);
  receiver.requestListener = (request, response) => {
    const path = pathOf(request);
    if (routes.includes(`${request.method} ${path}`)) return inner(request, response);
    if (request.method !== 'POST' || path !== PATH) {
      refuse('a request was refused', 'not found');
      return answer(response, 404);
    }
    check(request)
      .then((decided) => {
        if (decided === null) inner(request, response);
        else if (typeof decided === 'number') answer(response, decided);
        else answer(response, 200, decided);
      })
      .catch((error: unknown) => {
        log.error('could not read a request', { error });
        if (!response.headersSent) answer(response, 500);
      });
  };
  return receiver;
}

function answer(response: ServerResponse, status: number, body?: object): void {
  response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** One line a minute per reason, so a flood of requests can't fill the log. */
function oncePerMinute(log: Log): Refuse {
  const lastLogged = new Map<string, number>();
  return (event, reason, advice) => {
    const now = performance.now();
    if (now - (lastLogged.get(reason) ?? -LOG_EVERY_MS) < LOG_EVERY_MS) return;
    lastLogged.set(reason, now);
    log.warn(event, { reason, ...(advice === undefined ? {} : { advice }) });
  };
}

/** Parsed as Bolt does: `/slack/./events` is the same path. */
const pathOf = ({ url = '/' }: IncomingMessage): string =>
  URL.parse(url, 'http://localhost')?.pathname ?? '';

/** A status to refuse with, the answer to Slack's challenge, or null to let the request pass. */
type Decision = number | { challenge: string } | null;

function createCheck(
  { signingSecret, seen }: StrictReceiverSettings,
  refuse: Refuse,
): (request: IncomingMessage) => Promise<Decision> {
  const seenHere = new Map<string, number>();
  const read = createReader();

  /** Called only for requests signed by Slack, so that no one else can fill the map or the table. */
  async function isFirst(signature: string): Promise<boolean> {
    const fingerprint = createHash('sha256').update(signature).digest('hex');
    const now = performance.now();
    for (const [old, at] of seenHere) {
      if (now - at < REMEMBER_MS) break;
      seenHere.delete(old);
    }
    if (seenHere.has(fingerprint)) return false;
    seenHere.set(fingerprint, now);
    const late = AbortSignal.timeout(DATABASE_MS);
    try {
      return await Promise.race([seen.isFirst(fingerprint), rejectedBy(late)]);
    } catch {
      refuse(
        'could not check whether another bot has taken a request',
        'database',
        'Until the database is back, a request can be replayed once to each of the other bots.',
      );
      return true;
    }
  }

  return async (request) => {
    let body: string;
    try {
      body = await read(request);
    } catch (error) {
      if (isRawBodyError(error) && error.statusCode === 413) {
        refuse('a request was refused', 'too large');
        return 413;
      }
      return 400;
    }
    // Slack doesn't sign these. Bolt ignores the rest of the body and calls no listener.
    if (isSslCheck(request, body)) return null;

    const signature = header(request, 'x-slack-signature');
    const timestamp = header(request, 'x-slack-request-timestamp');
    const signed =
      // Exactly this: Bolt ignores trailing text, which would make a replay look like a new request.
      /^v0=[0-9a-f]{64}$/.test(signature) &&
      /^[1-9]\d{0,11}$/.test(timestamp) &&
      isValidSlackRequest({
        signingSecret,
        body,
        headers: {
          'x-slack-signature': signature,
          'x-slack-request-timestamp': Number(timestamp),
        },
        // Check only the signature here; its age is checked below, to log which of them failed.
        nowMilliseconds: Number(timestamp) * 1_000,
      });
    if (!signed) {
      refuse('a request was refused', 'signature', 'It was not signed with SLACK_SIGNING_SECRET.');
      return 401;
    }
    const age = Math.floor(Date.now() / 1_000) - Number(timestamp);
    if (age > OLDEST_SECONDS || age < -CLOCK_TOLERANCE_SECONDS) {
      refuse(
        'a request was refused',
        age > 0 ? 'too old' : 'dated in the future',
        "Slack signed it. If every request is refused, this machine's clock is wrong.",
      );
      return 401;
    }
    const payload = peekAtPayload(request, body);
    if (payload === null) {
      refuse(
        'a request was refused',
        'not an object',
        'Slack signed it, but it contains no JSON object.',
      );
      return 400;
    }
    if (payload.type === 'url_verification') {
      const { data } = challenge.safeParse(payload);
      return data ?? 400;
    }
    if (await isFirst(signature)) return null;
    refuse('a request was refused', 'replayed', 'Slack signed it, but it was taken before.');
    return 401;
  };
}

const header = ({ headers }: IncomingMessage, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

/** Same rule as Bolt's. These are the only unsigned requests that pass, so they must be short, as Slack's are. */
const isSslCheck = (request: IncomingMessage, body: string): boolean =>
  isForm(request) && body.length < 10_000 && parse(body)['ssl_check'] === '1';

const isForm = (request: IncomingMessage): boolean =>
  header(request, 'content-type') === 'application/x-www-form-urlencoded';

const challenge = z.object({ challenge: z.string().max(4_000) });

/** Only the fields we need: a payload may have a hundred thousand. */
const payloadPeek = z.object({ type: z.unknown().optional(), challenge: z.unknown().optional() });

/** Parsed as Bolt does; null for anything but an object. */
function peekAtPayload(
  request: IncomingMessage,
  body: string,
): z.output<typeof payloadPeek> | null {
  const form = isForm(request) ? parse(body) : null;
  const payload = form === null ? body : form['payload'];
  // A command is a form without a payload.
  if (typeof payload !== 'string') return form;
  try {
    return payloadPeek.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}

/** Reads bodies and leaves them where Bolt looks for them. They are unverified, so their total size is bounded. */
function createReader(): (request: IncomingMessage) => Promise<string> {
  let total = 0;
  return async (request) => {
    let own = 0;
    const count = ({ length }: Buffer): void => {
      own += length;
      total += length;
      if (total > MAX_BYTES_IN_FLIGHT) request.destroy();
    };
    request.on('data', count);
    try {
      const buffered = await HTTPModuleFunctions.bufferIncomingMessage(request, MAX_BYTES);
      return buffered.rawBody.toString();
    } finally {
      request.off('data', count);
      total -= own;
      // Drain an oversized body, or the connection's next request would start with it.
      request.resume();
    }
  };
}

const rejectedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
