import { setTimeout as sleep } from 'node:timers/promises';
import { type HTTPReceiver, type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { SeenRequests } from '../core/ports.ts';
import type { Env } from '../env.ts';
import { EVENTS } from '../listeners/gesture.ts';
import { healthRoutes, type Readiness, type Route } from '../ops/health.ts';
import type { Log } from '../ops/log.ts';
import { strictReceiver } from './http-receiver.ts';
import type { InFlight } from './in-flight.ts';

/** For apps.connections.open. */
const CALL_TIMEOUT_MS = 10_000;
const PONG_WITHIN_MS = 3_000;
/** Slack waits this long for the answer to a gesture. */
const ANSWER_WITHIN_MS = 3_000;
/** A socket that is reconnecting may never report that it closed. */
const CLOSE_WITHIN_MS = 5_000;

/** The receiver for Socket Mode or HTTP. Opens no connection. */
export function buildReceiver(
  env: Env,
  logger: Logger,
  log: Log,
  seen: SeenRequests,
  readiness: Readiness,
  proxyDispatcher: Dispatcher | undefined,
  besideHealth: readonly Route[] = [],
): HTTPReceiver | SocketModeReceiver {
  const { mode, apiUrl } = env.slack;
  if (mode.kind === 'http') {
    return strictReceiver({
      signingSecret: mode.signingSecret,
      port: mode.port,
      customRoutes: [...healthRoutes(readiness), ...besideHealth],
      logger,
      seen,
      log,
    });
  }
  const receiver = new SocketModeReceiver({
    appToken: mode.appToken,
    // stayConnected reconnects.
    autoReconnectEnabled: false,
    clientPingTimeout: PONG_WITHIN_MS,
    logger,
    ...(proxyDispatcher === undefined ? {} : { dispatcher: proxyDispatcher }),
    installerOptions: {
      clientOptions: {
        // Given a dispatcher, the SDK would use its own fetch.
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

const connectionMessage = z.object({ type: z.enum(['hello', 'disconnect']) });
const gestureMessage = z.object({
  type: z.enum(['interactive', 'slash_commands']),
  envelope_id: z.string(),
  payload: z.object({}),
});
const eventMessage = z.object({
  type: z.literal('events_api'),
  envelope_id: z.string(),
  payload: z.object({ event: z.object({ type: z.enum(EVENTS) }) }),
});
const passedOn = z.union([connectionMessage, gestureMessage, eventMessage]);
const anyEnvelope = z.object({ envelope_id: z.string().max(255) });

/**
 * Passes only readable messages on to the SDK, which emits an event named after any message's or event's type, even
 * `disconnected`, and turns an unreadable message into an unhandled rejection, which ends the process. Other messages
 * that need an ack become empty gestures, which receive-gestures.ts acknowledges.
 */
function filterSocketMessages(client: SocketModeReceiver['client'], log: Log): void {
  const [read] = client.listeners('ws_message');
  if (read === undefined)
    throw new Error('this version of the SDK handles socket messages differently');
  client.removeListener('ws_message', read);
  client.on('ws_message', async (data: unknown) => {
    try {
      const message = readable(data);
      if (message !== null) await read(message, false);
      else log.warn('dropped a socket message that does not parse');
    } catch (error) {
      log.error('could not handle a socket message', { error });
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
  if (passedOn.safeParse(message).success) return data;
  const { data: envelope } = anyEnvelope.safeParse(message);
  return envelope === undefined
    ? null
    : JSON.stringify({ ...envelope, type: 'interactive', payload: {} });
}

/** Stops accepting gestures, then waits for those in flight. Logs a receiver that doesn't close. Never throws. */
export async function stopReceiving(
  receiver: Receiver,
  gestures: InFlight,
  log: Log,
): Promise<void> {
  const socket = receiver instanceof SocketModeReceiver ? receiver.client : null;
  // The answer to a submitted modal needs the socket.
  if (socket !== null) await Promise.race([gestures.settled(), sleep(ANSWER_WITHIN_MS)]);
  try {
    const closed = socket === null ? receiver.stop() : socket.disconnect();
    await Promise.race([closed, sleep(CLOSE_WITHIN_MS)]);
  } catch (error) {
    log.warn('could not close the connection to Slack', { error });
  }
  if (gestures.count() > 0) {
    log.info('finishing gestures in flight', { count: gestures.count() });
  }
  await gestures.settled();
}
