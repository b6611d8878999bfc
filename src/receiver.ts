import { setTimeout as sleep } from 'node:timers/promises';
import { type HTTPReceiver, type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Dispatcher } from 'undici';
import type { SeenRequests } from './core/ports.ts';
import type { Env } from './env.ts';
import { strictReceiver } from './http-receiver.ts';
import { healthRoutes, type Readiness } from './ops/health.ts';
import type { Log } from './ops/log.ts';
import type { UnderWay } from './under-way.ts';

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
 * @param throughProxy what the socket goes through; undefined where no proxy is set
 */
export function buildReceiver(
  env: Env,
  logger: Logger,
  log: Log,
  seen: SeenRequests,
  readiness: Readiness,
  throughProxy: Dispatcher | undefined,
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
  return new SocketModeReceiver({
    appToken: mode.appToken,
    // stayConnected does it.
    autoReconnectEnabled: false,
    clientPingTimeout: SOCKET_PATIENCE_MS,
    logger,
    ...(throughProxy === undefined ? {} : { dispatcher: throughProxy }),
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
}

/**
 * Lets no further gesture in, and then waits for those that were let in. A receiver that can't be
 * closed is logged and left: the process ends anyway. Never throws.
 */
export async function stopReceiving(
  receiver: Receiver,
  gestures: UnderWay,
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
