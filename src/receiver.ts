import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { SeenRequests } from './core/ports.ts';
import type { Env } from './env.ts';
import { strictReceiver } from './http-receiver.ts';
import { healthRoutes, type Readiness } from './ops/health.ts';
import type { Log } from './ops/log.ts';
import { CannotStart, portProblem } from './start-up.ts';
import type { UnderWay } from './under-way.ts';

/** Slack's SDK waits as long before it reconnects a socket, and for a pong. */
const SOCKET_PATIENCE_MS = 3_000;
/** Slack waits as long for the answer to a gesture. */
const ANSWER_WITHIN_MS = 3_000;
/** A socket that is just being connected again may never say that it is closed. */
const CLOSE_WITHIN_MS = 5_000;

/** Socket Mode or HTTP, as the environment says. It opens nothing by itself. */
export function buildReceiver(
  env: Env,
  logger: Logger,
  log: Log,
  seen: SeenRequests,
  readiness: Readiness,
  onConnection: (connected: boolean) => void,
): Receiver {
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
  // No retryConfig here: the SDK's own, 100 tries, is what brings a dropped socket back.
  const receiver = new SocketModeReceiver({
    appToken: mode.appToken,
    clientPingTimeout: SOCKET_PATIENCE_MS,
    logger,
    installerOptions: {
      clientOptions: apiUrl === undefined ? {} : { slackApiUrl: apiUrl },
    },
  });
  receiver.client.on('connected', () => onConnection(true));
  receiver.client.on('reconnecting', () => onConnection(false));
  receiver.client.on('disconnected', () => onConnection(false));
  return receiver;
}

/** @throws CannotStart when Slack refuses the socket, or the port is taken. */
export async function startReceiving(env: Env, start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (env.slack.mode.kind === 'socket') {
      throw new CannotStart(
        'Slack refuses Socket Mode. Check that SLACK_APP_TOKEN is an app-level token with the scope connections:write, and that Socket Mode is on in the app settings.',
      );
    }
    throw portProblem(env.slack.mode.port, error);
  }
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
