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
import type { SeenRequests } from './core/ports.ts';
import type { Log } from './ops/log.ts';

const PATH = '/slack/events';
/** Slack's largest payload is a modal of 250 kB, which triples at most when it is encoded. */
const MOST_BYTES = 1024 * 1024;
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

/**
 * Bolt's receiver behind a stricter door. Bolt takes a request as often as it comes within five minutes, and
 * one that is dated in the future; here each is taken once, by one of the bots. Everything else, the answers to
 * `ssl_check` and the health routes among it, is left to Bolt, which verifies the signature once more.
 */
export function strictReceiver(settings: StrictReceiverSettings): HTTPReceiver {
  const { seen: _seen, log: _log, ...bolt } = settings;
  const receiver = new HTTPReceiver({ ...bolt, endpoints: PATH, bodyLimit: MOST_BYTES });
  const inner = receiver.requestListener;
  const door = createDoor(settings);
  receiver.requestListener = (request, response) => {
    if (request.method !== 'POST' || pathOf(request) !== PATH) return inner(request, response);
    door(request).then(
      (refused) => {
        if (refused === null) inner(request, response);
        else close(response, refused);
      },
      (error: unknown) => {
        settings.log.error('a request could not be read', { error });
        close(response, 500);
      },
    );
  };
  return receiver;
}

function close(response: ServerResponse, status: number): void {
  response.writeHead(status);
  response.end();
}

/** As Bolt reads it: `/slack/./events` is the same place. */
const pathOf = ({ url = '/' }: IncomingMessage): string =>
  URL.parse(url, 'http://localhost')?.pathname ?? '';

/** The status with which a request is refused, or null for one that may pass. */
function createDoor({
  signingSecret,
  seen,
  log,
}: StrictReceiverSettings): (request: IncomingMessage) => Promise<number | null> {
  const taken = new Map<string, number>();
  const lastLogged = new Map<string, number>();

  function warn(event: string, reason: string, advice?: string): void {
    const now = performance.now();
    if (now - (lastLogged.get(reason) ?? -LOG_EVERY_MS) < LOG_EVERY_MS) return;
    lastLogged.set(reason, now);
    log.warn(event, { reason, ...(advice === undefined ? {} : { advice }) });
  }

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
      warn(
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
      const buffered = await HTTPModuleFunctions.bufferIncomingMessage(request, MOST_BYTES);
      body = buffered.rawBody.toString();
    } catch (error) {
      if (isRawBodyError(error) && error.statusCode === 413) {
        warn('a request was refused', 'too large');
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
      warn('a request was refused', 'signature', 'It was not signed with SLACK_SIGNING_SECRET.');
      return 401;
    }
    const age = Math.floor(Date.now() / 1_000) - Number(timestamp);
    if (age > OLDEST_SECONDS || age < -CLOCK_TOLERANCE_SECONDS) {
      warn(
        'a request was refused',
        age > 0 ? 'too old' : 'dated in the future',
        'Slack signed it. If every request is refused, the clock of this machine is wrong.',
      );
      return 401;
    }
    if (!holdsAnObject(request, body)) {
      warn('a request was refused', 'no object', 'Slack signed it, and it holds no JSON object.');
      return 400;
    }
    if (await isFirst(signature)) return null;
    warn('a request was refused', 'replayed', 'Slack signed it, and it has been taken before.');
    return 401;
  };
}

const header = ({ headers }: IncomingMessage, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

/** By the same rule as Bolt's, which alone may let an unsigned request pass. */
const isSslCheck = (request: IncomingMessage, body: string): boolean =>
  isForm(request) && parse(body)['ssl_check'] === '1';

const isForm = (request: IncomingMessage): boolean =>
  header(request, 'content-type') === 'application/x-www-form-urlencoded';

/** Read as Bolt reads it, which ends the process by an unhandled rejection when there is anything else. */
function holdsAnObject(request: IncomingMessage, body: string): boolean {
  const payload = isForm(request) ? parse(body)['payload'] : body;
  // A command is a form without one.
  if (typeof payload !== 'string') return isForm(request);
  try {
    const read: unknown = JSON.parse(payload);
    return typeof read === 'object' && read !== null && !Array.isArray(read);
  } catch {
    return false;
  }
}

const rejectedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
