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
/** Slack's largest payload is a modal of 250 kB, which triples at most when it is encoded. */
const MAX_BYTES = 1024 * 1024;
/** Of all requests that are being read. */
const MAX_BYTES_AT_A_TIME = 32 * MAX_BYTES;
/** Slack's own limit for old requests, https://docs.slack.dev/authentication/verifying-requests-from-slack */
const OLDEST_SECONDS = 5 * 60;
/** How far Slack's clock may be ahead of this machine's. */
const CLOCK_TOLERANCE_SECONDS = 60;
/** For as long a signature may be valid. */
const REMEMBER_MS = (OLDEST_SECONDS + CLOCK_TOLERANCE_SECONDS) * 1_000;
const LOG_EVERY_MS = 60_000;
/** Slack waits three seconds for an answer in all. */
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
 * Bolt's receiver behind a stricter door. Bolt takes a request as often as it comes within five minutes, and
 * one that is dated in the future; here each is taken once, by one of the bots. The answers to `ssl_check` and
 * the health routes are left to Bolt, which verifies the signature once more; nothing else gets to it, because
 * it logs a line for each request that it can't read, and ends the process by a rejection that nobody handles.
 */
export function strictReceiver(settings: StrictReceiverSettings): HTTPReceiver {
  const { seen: _seen, log, ...bolt } = settings;
  const receiver = new HTTPReceiver({ ...bolt, endpoints: PATH, bodyLimit: MAX_BYTES });
  const inner = receiver.requestListener;
  const refuse = oncePerMinute(log);
  const door = createDoor(settings, refuse);
  const routes = settings.customRoutes.map(({ method, path }) => `${method} ${path}`);
  receiver.requestListener = (request, response) => {
    const path = pathOf(request);
    if (routes.includes(`${request.method} ${path}`)) return inner(request, response);
    if (request.method !== 'POST' || path !== PATH) {
      refuse('a request was refused', 'nothing there');
      return answer(response, 404);
    }
    door(request)
      .then((decided) => {
        if (decided === null) inner(request, response);
        else if (typeof decided === 'number') answer(response, decided);
        else answer(response, 200, decided);
      })
      .catch((error: unknown) => {
        log.error('a request could not be read', { error });
        if (!response.headersSent) answer(response, 500);
      });
  };
  return receiver;
}

function answer(response: ServerResponse, status: number, body?: object): void {
  response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** One line a minute for each reason: whoever sends requests in a loop must not fill the log. */
function oncePerMinute(log: Log): Refuse {
  const lastLogged = new Map<string, number>();
  return (event, reason, advice) => {
    const now = performance.now();
    if (now - (lastLogged.get(reason) ?? -LOG_EVERY_MS) < LOG_EVERY_MS) return;
    lastLogged.set(reason, now);
    log.warn(event, { reason, ...(advice === undefined ? {} : { advice }) });
  };
}

/** As Bolt reads it: `/slack/./events` is the same place. */
const pathOf = ({ url = '/' }: IncomingMessage): string =>
  URL.parse(url, 'http://localhost')?.pathname ?? '';

/** The status with which a request is refused, the answer to Slack's challenge, or null for one that may pass. */
type Decision = number | { challenge: string } | null;

function createDoor(
  { signingSecret, seen }: StrictReceiverSettings,
  refuse: Refuse,
): (request: IncomingMessage) => Promise<Decision> {
  const taken = new Map<string, number>();
  const read = createReader();

  /** Only what Slack has signed gets here, so nobody else can fill the memory or the table. */
  async function isFirst(signature: string): Promise<boolean> {
    const fingerprint = createHash('sha256').update(signature).digest('hex');
    const now = performance.now();
    for (const [old, at] of taken) {
      if (now - at < REMEMBER_MS) break;
      taken.delete(old);
    }
    if (taken.has(fingerprint)) return false;
    taken.set(fingerprint, now);
    const late = AbortSignal.timeout(DATABASE_MS);
    try {
      return await Promise.race([seen.isFirst(fingerprint), rejectedBy(late)]);
    } catch {
      refuse(
        'could not ask the database whether another bot has taken a request already',
        'database',
        'While the database is away, a request can be replayed once to each other bot.',
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
    // Not signed by Slack. Bolt drops whatever else is in it, and answers it without any listener.
    if (isSslCheck(request, body)) return null;

    const signature = header(request, 'x-slack-signature');
    const timestamp = header(request, 'x-slack-request-timestamp');
    const signed =
      // Exactly this: Bolt overlooks what follows, and then a replay would look like another request.
      /^v0=[0-9a-f]{64}$/.test(signature) &&
      /^[1-9]\d{0,11}$/.test(timestamp) &&
      isValidSlackRequest({
        signingSecret,
        body,
        headers: {
          'x-slack-signature': signature,
          'x-slack-request-timestamp': Number(timestamp),
        },
        // The signature by itself; its age is judged below, where the two can be told apart.
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
        'Slack signed it. If every request is refused, the clock of this machine is wrong.',
      );
      return 401;
    }
    const held = objectIn(request, body);
    if (held === null) {
      refuse('a request was refused', 'no object', 'Slack signed it, and it holds no JSON object.');
      return 400;
    }
    if (held.type === 'url_verification') {
      const { data } = challenge.safeParse(held);
      return data ?? 400;
    }
    if (await isFirst(signature)) return null;
    refuse('a request was refused', 'replayed', 'Slack signed it, and it has been taken before.');
    return 401;
  };
}

const header = ({ headers }: IncomingMessage, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

/** By the same rule as Bolt's, which alone may let an unsigned request pass. Slack's checks are short. */
const isSslCheck = (request: IncomingMessage, body: string): boolean =>
  isForm(request) && body.length < 10_000 && parse(body)['ssl_check'] === '1';

const isForm = (request: IncomingMessage): boolean =>
  header(request, 'content-type') === 'application/x-www-form-urlencoded';

const challenge = z.object({ challenge: z.string().max(4_000) });

/** What decides here of an object that may have a hundred thousand fields. */
const glance = z.object({ type: z.unknown().optional(), challenge: z.unknown().optional() });

/** Read as Bolt reads it; null when there is anything else than an object. */
function objectIn(request: IncomingMessage, body: string): z.output<typeof glance> | null {
  const form = isForm(request) ? parse(body) : null;
  const payload = form === null ? body : form['payload'];
  // A command is a form without one.
  if (typeof payload !== 'string') return form;
  try {
    return glance.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Reads bodies as long as all that are being read at a time are small together: nobody has verified them yet.
 * Where Bolt looks for it, the body stays.
 */
function createReader(): (request: IncomingMessage) => Promise<string> {
  let total = 0;
  return async (request) => {
    let own = 0;
    const count = ({ length }: Buffer): void => {
      own += length;
      total += length;
      if (total > MAX_BYTES_AT_A_TIME) request.destroy();
    };
    request.on('data', count);
    try {
      const buffered = await HTTPModuleFunctions.bufferIncomingMessage(request, MAX_BYTES);
      return buffered.rawBody.toString();
    } finally {
      request.off('data', count);
      total -= own;
      // What is left of one that was too large would stand before the next request of the same connection.
      request.resume();
    }
  };
}

const rejectedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
