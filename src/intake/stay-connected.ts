import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import { z } from 'zod';
import { judge, permanentRefusal } from '../adapters/slack-verdict.ts';
import { backoff } from '../core/backoff.ts';
import type { Meter } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import { CannotStart } from '../lifecycle/cannot-start.ts';
import type { Log } from '../ops/log.ts';

type Socket = SocketModeReceiver['client'];

export interface StayConnectedOptions {
  log: Log;
  signal: AbortSignal;
  onConnection: (connected: boolean) => void;
  giveUpAfterMs: number;
  /** Beats when Slack answers over HTTP, so that a wait to reconnect can end early. */
  pulse: Pulse;
  meter?: Meter;
}

export interface Pulse {
  beat(): void;
  /** Beats since the start. */
  count(): number;
  /** Resolves at the next beat. */
  next(): Promise<void>;
}

export function createPulse(): Pulse {
  let beats = 0;
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    beat() {
      beats += 1;
      resolve();
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
    count: () => beats,
    next: () => promise,
  };
}

/**
 * Short Slack outages end within minutes. By now some twenty tries have failed, so exit: a new process may help, and
 * monitoring notices the restart.
 */
export const GIVE_UP_AFTER_MS = 10 * 60_000;

/** From apps.connections.open until Slack's hello. */
const CONNECT_WITHIN_MS = 30_000;
const CLOSE_WITHIN_MS = 5_000;
/** A connection that lasted this long resets the backoff. */
const GOOD_AFTER_MS = 30_000;

const REFUSED =
  'Check that SLACK_APP_TOKEN is an app-level token with the scope connections:write, and that Socket Mode is on in the app settings.';

/**
 * Keeps a socket to Slack open until the signal aborts. We don't use the SDK's reconnect: its backoff has no upper
 * bound, and its final failure is an unhandled rejection.
 * @throws CannotStart when Slack refuses the socket, or there was no connection for `giveUpAfterMs`
 */
export async function stayConnected(
  socket: Socket,
  { log, signal, onConnection, giveUpAfterMs, pulse, meter }: StayConnectedOptions,
): Promise<void> {
  const disconnectReason = readDisconnectReasons(socket);
  let lostAt = performance.now();
  // Consecutive waits that an HTTP answer cut short without a connection following.
  let early = 0;
  for (let failures = 0; ; failures++) {
    let reason: string;
    let atLeastMs = 0;
    try {
      const closed = new Promise<void>((resolve) => socket.once('disconnected', () => resolve()));
      await connect(socket);
      const connectedAt = performance.now();
      onConnection(true);
      early = 0;
      await closed;
      onConnection(false);
      reason = disconnectReason() ?? 'the connection was cut';
      lostAt = performance.now();
      if (lostAt - connectedAt > GOOD_AFTER_MS) failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const code = permanentRefusal(error);
      if (code !== null) {
        const advice = adviceOnSlack(code) ?? REFUSED;
        throw new CannotStart(`Slack refuses Socket Mode (${code}). ${advice}`);
      }
      const verdict = judge(error);
      reason = disconnectReason() ?? verdict.reason;
      if (verdict.kind === 'later') atLeastMs = verdict.afterMs;
    }
    if (signal.aborted) return;
    meter?.add('slack_reconnects_total', { reason });
    const leftMs = lostAt + giveUpAfterMs - performance.now();
    if (leftMs <= 0) {
      const seconds = Math.round(giveUpAfterMs / 1000);
      throw new CannotStart(
        `No connection to Slack for ${seconds} s (${reason}). Exiting, so that the supervisor restarts the bot. Check the network and SLACK_API_URL.`,
      );
    }
    log.warn('not connected to Slack, trying again', { attempt: failures + 1, reason });
    const beats = pulse.count();
    const wait = Math.min(Math.max(reconnectDelay(failures), atLeastMs), leftMs);
    // If HTTP works but sockets don't, HTTP answers must not cause a retry storm.
    const least = Math.min(wait, Math.max(reconnectDelay(early + 1), atLeastMs));
    await sleep(least, undefined, { signal }).catch(() => {});
    const heard = await answered(pulse, beats, wait - least, signal);
    early = heard ? early + 1 : 0;
    if (signal.aborted) return;
  }
}

/** Whether Slack answered over HTTP since `beats`, within `waitMs`. */
async function answered(
  pulse: Pulse,
  beats: number,
  waitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (waitMs <= 0) return false;
  if (pulse.count() > beats) return true;
  const over = new AbortController();
  try {
    return await Promise.race([
      pulse.next().then(() => true),
      sleep(waitMs, false, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => false),
    ]);
  } finally {
    over.abort();
  }
}

/** 200 ms, 1 s, 2 s, 4 s … 30 s. */
const reconnectDelay = (failures: number): number =>
  failures === 0 ? 200 : backoff(failures, 1_000, 30_000);

async function connect(socket: Socket): Promise<void> {
  const late = new AbortController();
  const inTime = sleep(CONNECT_WITHIN_MS, undefined, { signal: late.signal }).then(async () => {
    await Promise.race([socket.disconnect(), sleep(CLOSE_WITHIN_MS)]);
    throw new Error('Slack did not say hello');
  });
  inTime.catch(() => {}); // Aborting the wait rejects it, too.
  await Promise.race([socket.start(), inTime]).finally(() => late.abort());
}

const disconnectMessage = z.object({
  type: z.literal('disconnect'),
  reason: z.string().regex(/^[a-z_]{1,40}$/),
});

/** Slack may announce why it closes a connection, such as `too_many_websockets`. Each reason is returned once. */
function readDisconnectReasons(socket: Socket): () => string | null {
  let reason: string | null = null;
  socket.on('ws_message', (data: unknown) => {
    if (typeof data !== 'string' || !data.includes('"disconnect"')) return;
    try {
      reason = disconnectMessage.safeParse(JSON.parse(data)).data?.reason ?? reason;
    } catch {}
  });
  return () => {
    const last = reason;
    reason = null;
    return last;
  };
}
