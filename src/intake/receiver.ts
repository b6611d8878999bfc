import { setTimeout as sleep } from 'node:timers/promises';
import { type HTTPReceiver, type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { SeenRequests } from '../core/ports.ts';
import type { Env } from '../env.ts';
import { healthRoutes, type Readiness } from '../ops/health.ts';
import type { Log } from '../ops/log.ts';
import { strictReceiver } from './http-receiver.ts';
import type { InFlight } from './in-flight.ts';

/** Asking Slack for the address of a socket. */
const CALL_TIMEOUT_MS = 10_000;
/** Slack's SDK waits as long for a pong. */
const SOCKET_PATIENCE_MS = 3_000;
/** Slack waits as long for the answer to a gesture. */
const ANSWER_WITHIN_MS = 3_000;
/** A socket that is just being connected again may never say that it is closed. */
const CLOSE_WITHIN_MS = 5_000;

/**
 * Socket Mode or HTTP, as the environment says. It opens nothing by itself.
 * @param proxyDispatcher what the socket goes through; undefined where no proxy is set
 */
export function buildReceiver(
  env: Env,
  logger: Logger,
  log: Log,
  seen: SeenRequests,
  readiness: Readiness,
  proxyDispatcher: Dispatcher | undefined,
): HTTPReceiver | SocketModeReceiver {
  const { mode, apiUrl } = env.slack;
  if (mode.kind === 'http') {
    return strictReceiver({
      signingSecret: mode.signingSecret,
      port: mode.port,
      customRoutes: healthRoutes(readiness),
      logger,
      seen,
      log,
    });
  }
  const receiver = new SocketModeReceiver({
    appToken: mode.appToken,
    // stayConnected does it.
    autoReconnectEnabled: false,
    clientPingTimeout: SOCKET_PATIENCE_MS,
    logger,
    ...(proxyDispatcher === undefined ? {} : { dispatcher: proxyDispatcher }),
    installerOptions: {
      clientOptions: {
        // Beside a dispatcher the SDK would use a fetch of its own.
        fetch: (url, init) => fetch(url, init),
        ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
        retryConfig: { retries: 0 },
        timeout: CALL_TIMEOUT_MS,
        rejectRateLimitedCalls: true,
      },
    },
  });
  filterSocketMessages(receiver.client, log);
  return receiver;
}

const ofTheConnection = z.object({ type: z.enum(['hello', 'disconnect']) });
const ofAPerson = z.object({
  type: z.enum(['interactive', 'slash_commands']),
  envelope_id: z.string(),
  payload: z.object({}),
});
const ofAnyKind = z.object({ envelope_id: z.string().max(255) });

/**
 * The SDK emits an event by whatever type a message has, `disconnected` included, and one without an event is an
 * unhandled rejection, which ends the process. So only messages that it can read reach it. Anything else that wants
 * to be acknowledged is passed on as an empty gesture, and receive-gestures.ts acknowledges it like all others.
 */
function filterSocketMessages(client: SocketModeReceiver['client'], log: Log): void {
  const [read] = client.listeners('ws_message');
  if (read === undefined)
    throw new Error('the SDK reads the messages of its socket in another way');
  client.removeListener('ws_message', read);
  client.on('ws_message', async (data: unknown) => {
    try {
      const message = readable(data);
      if (message !== null) await read(message, false);
      else log.warn('a message of the socket was not understood');
    } catch (error) {
      log.error('a message of the socket could not be read', { error });
    }
  });
}

function readable(data: unknown): string | null {
  if (typeof data !== 'string') return null;
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return null;
  }
  if (ofTheConnection.safeParse(message).success || ofAPerson.safeParse(message).success) {
    return data;
  }
  const { data: envelope } = ofAnyKind.safeParse(message);
  return envelope === undefined
    ? null
    : JSON.stringify({ ...envelope, type: 'interactive', payload: {} });
}

/**
 * Lets no further gesture in, and then waits for those that were let in. A receiver that can't be
 * closed is logged and left: the process ends anyway. Never throws.
 */
export async function stopReceiving(
  receiver: Receiver,
  gestures: InFlight,
  log: Log,
): Promise<void> {
  const socket = receiver instanceof SocketModeReceiver ? receiver.client : null;
  // The answer to a submitted modal goes over the same socket, as long as Slack waits for it.
  if (socket !== null) await Promise.race([gestures.settled(), sleep(ANSWER_WITHIN_MS)]);
  try {
    const closed = socket === null ? receiver.stop() : socket.disconnect();
    await Promise.race([closed, sleep(CLOSE_WITHIN_MS)]);
  } catch (error) {
    log.warn('the connection to Slack could not be closed', { error });
  }
  if (gestures.count() > 0) {
    log.info('finishing what people have asked for', { count: gestures.count() });
  }
  await gestures.settled();
}
