import type { Server } from 'node:http';
import { SocketModeReceiver } from '@slack/bolt';
import { slackDirectory } from './adapters/slack-directory.ts';
import { timeCalls } from './adapters/slowest-call.ts';
import { connectDatabase } from './adapters/supabase-client.ts';
import { supabaseSteps } from './adapters/supabase-steps.ts';
import { readHealth, resume } from './adapters/supabase-upkeep.ts';
import { silentMeter } from './core/silent-meter.ts';
import { BadEnvironment, channelsOf, type Env, readEnv } from './env.ts';
import { stillRunningAfter } from './intake/in-flight.ts';
import { stopReceiving } from './intake/receiver.ts';
import { createPulse, GIVE_UP_AFTER_MS, stayConnected } from './intake/stay-connected.ts';
import { describeNextDigests } from './jobs/digest.ts';
import { type RunningJobs, startJobs } from './jobs/schedule.ts';
import { nameBot } from './lifecycle/bot-name.ts';
import { CannotStart, portProblem } from './lifecycle/cannot-start.ts';
import { checkChannel, checkUserLookup } from './lifecycle/check-access.ts';
import { whoAmI } from './lifecycle/identity.ts';
import { watchKey } from './lifecycle/key-watch.ts';
import { retryAtStart } from './lifecycle/retry-at-start.ts';
import {
  type Readiness,
  type Route,
  SERVER_LIMITS,
  serveHealth,
  serveRoutes,
} from './ops/health.ts';
import { createLog, type Log } from './ops/log.ts';
import { createReadiness } from './ops/readiness.ts';
import { mutedSdkLog, sdkLog } from './ops/sdk-log.ts';
import { routeThroughProxy } from './proxy.ts';
import { type Bot, wire } from './wire.ts';

/** Supervisors are set to kill the process after 20 s. */
const FINISH_WITHIN_MS = 15_000;

async function main(): Promise<void> {
  const env = readEnv(process.env);
  const log = createLog(env.logLevel);
  const proxyDispatcher = routeThroughProxy(process.env);
  if (proxyDispatcher !== undefined) log.info('using the proxy from the environment');
  const stopping = new AbortController();
  const { signal } = stopping;
  onStopSignal(stopping, log);
  process.on('unhandledRejection', (error) => die(log, error));
  process.on('uncaughtException', (error) => die(log, error));

  const now = () => performance.now();
  const metrics =
    env.metrics === null
      ? null
      : (await import('./wire-metrics.ts')).wireMetrics(env.metrics, () => database);
  const meter = metrics?.meter ?? silentMeter;
  const name = nameBot();
  log.info('starting', { bot: name });
  const bare = connectDatabase({ ...env.database, bot: name });
  const timed = timeCalls(bare, now, meter);
  const keyWatch = watchKey(timed.database, {
    log,
    now,
    onLost(problem) {
      log.error('exiting: the database refuses the bot', { advice: problem });
      process.exit(1);
    },
  });
  const { database } = keyWatch;
  let bot: Bot | null = null;
  let jobs: RunningJobs | null = null;
  let connected = false;
  const readiness = createReadiness({
    connected: () => connected,
    pollIsStale: () => jobs?.pollIsStale(new Date()) !== false,
    readHealth: () => readHealth(database),
    otherProblems() {
      const refusal = keyWatch.problem();
      return [...(refusal === null ? [] : [refusal]), ...(bot?.problems() ?? [])];
    },
  });
  const { mode, botToken, apiUrl } = env.slack;
  // Opened first: a bot that is waiting for Slack or its database is alive.
  const besideHealth = metrics !== null && env.metrics?.port === null ? [metrics.route] : [];
  const health = await openHealth(
    readiness,
    mode.kind === 'socket' ? mode.healthPort : mode.port,
    besideHealth,
  );
  if (metrics !== null) await openMetrics(metrics.route, env.metrics?.port ?? null);

  const identify = () => whoAmI(botToken, apiUrl, mutedSdkLog);
  const identity = await retryAtStart('Slack', identify, log, signal);
  const pulse = createPulse();
  const onAnswer = pulse.beat;
  const directory = slackDirectory({
    botToken,
    apiUrl,
    sdkLog: sdkLog(log),
    onAnswer,
    meter,
    ...identity,
  });
  const canLookUpUsers = () => checkUserLookup(directory, identity.botUserId);
  const begin = async () => {
    await readHealth(bare);
    await resume(bare, env.alertChannel, env.digestChannel);
    await supabaseSteps(bare).setDeadlines(env.deadlines);
  };
  // Each with its own retries, so a failure doesn't repeat the others.
  await Promise.all([
    retryAtStart('Slack', canLookUpUsers, log, signal),
    ...channelsOf(env).map((channel) => {
      const look = () => checkChannel(directory, channel, env.access.allowExternal, log);
      return retryAtStart('Slack', look, log, signal);
    }),
    retryAtStart('Supabase', begin, log, signal),
  ]);

  const { slowest } = timed;
  bot = wire({
    env,
    log,
    identity,
    directory,
    database,
    slowest,
    readiness,
    besideHealth,
    meter,
    proxyDispatcher,
    onAnswer,
    now,
  });
  const { app, receiver, gestures, deliverer } = bot;
  logNextDigests(env, log);
  // The first gesture waits for these caches if they aren't filled yet.
  void bot.warmUp();
  const delivering = deliverer.run(signal);
  jobs = startJobs(
    bot.jobs,
    { pollSchedule: env.pollSchedule, timeZone: env.timeZone },
    log,
    meter,
  );
  const onConnection = (yes: boolean): void => {
    if (yes && !connected) {
      log.info('running', { mode: mode.kind, team: identity.teamId, channel: env.alertChannel });
    }
    if (yes) meter.add('slack_connections_total', {});
    meter.set('slack_connected', {}, Number(yes));
    connected = yes;
  };

  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  /** Accepts gestures until the stop. */
  const receive = async (): Promise<void> => {
    if (signal.aborted) return;
    if (receiver instanceof SocketModeReceiver) {
      return stayConnected(receiver.client, {
        log,
        signal,
        onConnection,
        giveUpAfterMs: GIVE_UP_AFTER_MS,
        pulse,
        meter,
      });
    }
    // The receiver serves the health routes on the same port.
    await closed(health);
    const port = mode.kind === 'http' ? mode.port : 0;
    await app.start(port, SERVER_LIMITS).catch((error: unknown) => {
      throw portProblem(port, error);
    });
    onConnection(true);
    return stopped;
  };

  let problem: unknown;
  try {
    // During a Slack outage, connecting may take long. A stop doesn't wait for it.
    await Promise.race([receive(), stopped]);
  } catch (error) {
    problem = error;
    stopping.abort();
  }
  const unfinished = await stillRunningAfter(FINISH_WITHIN_MS, {
    gestures: stopReceiving(receiver, gestures, log),
    messages: delivering,
    polls: jobs.stop(),
  });
  if (unfinished.length > 0) {
    log.warn('stopped with unfinished work, the next bot picks it up', { fields: unfinished });
  }
  if (problem !== undefined) throw problem;
  log.info('stopped');
}

/** Informational, so a failure doesn't stop the bot. */
function logNextDigests({ digestSchedule, timeZone, digestChannel }: Env, log: Log): void {
  try {
    const times = describeNextDigests(digestSchedule, timeZone, new Date());
    log.info(`next digests: ${times}`, { channel: digestChannel });
  } catch (error) {
    log.warn('could not work out when the next digests are due', { error });
  }
}

async function openHealth(
  readiness: Readiness,
  port: number | null,
  more: readonly Route[],
): Promise<Server | null> {
  if (port === null) return null;
  return serveHealth(readiness, port, more).catch((error: unknown) => {
    throw portProblem(port, error);
  });
}

async function openMetrics(route: Route, port: number | null): Promise<void> {
  if (port === null) return;
  await serveRoutes([route], port).catch((error: unknown) => {
    throw portProblem(port, error, 'METRICS_PORT');
  });
}

async function closed(server: Server | null): Promise<void> {
  if (server === null) return;
  const end = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await end;
}

/** The first signal stops the bot gracefully, the second at once. */
function onStopSignal(stopping: AbortController, log: Log): void {
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(1);
    log.info('stopping');
    stopping.abort();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** After an unexpected error the state is unknown: exit, and let the supervisor restart us. */
function die(log: Log, error: unknown): never {
  log.error('exiting after an unexpected error', { error });
  process.exit(1);
}

try {
  await main();
  process.exit(0);
} catch (error) {
  if (error instanceof BadEnvironment || error instanceof CannotStart) {
    console.error(error.message);
  } else if (!(error instanceof Error && error.name === 'AbortError')) {
    createLog('error').error('could not start', { error });
  }
  process.exit(error instanceof Error && error.name === 'AbortError' ? 0 : 1);
}
