import type { Server } from 'node:http';
import { SocketModeReceiver } from '@slack/bolt';
import { createAdmission } from './access/admission.ts';
import { createAudiences } from './access/audiences.ts';
import { discreetMessenger } from './access/discreet-messenger.ts';
import { slackDirectory } from './adapters/slack-directory.ts';
import { slackMessenger } from './adapters/slack-messenger.ts';
import { slackSurface } from './adapters/slack-surface.ts';
import { supabaseAudit, supabaseSeenRequests } from './adapters/supabase-access.ts';
import { supabaseAlerts } from './adapters/supabase-alerts.ts';
import { connectDatabase } from './adapters/supabase-client.ts';
import { readHealth, resume, supabaseOutbox } from './adapters/supabase-outbox.ts';
import { supabaseDigests, supabasePolls, tidy } from './adapters/supabase-polls.ts';
import { buildApp } from './app.ts';
import { BadEnvironment, readEnv } from './env.ts';
import { createDeliverer, DELIVERER_DEFAULTS } from './jobs/deliver.ts';
import { createDigestCheck } from './jobs/digest.ts';
import { createPoll } from './jobs/poll.ts';
import { renderMessage } from './jobs/render-message.ts';
import { type RunningJobs, startJobs } from './jobs/schedule.ts';
import { watchKey } from './key-watch.ts';
import { type Readiness, serveHealth } from './ops/health.ts';
import { createLog, type Log } from './ops/log.ts';
import { createReadiness } from './ops/readiness.ts';
import { mutedSdkLog, sdkLog } from './ops/sdk-log.ts';
import { buildReceiver, stopReceiving } from './receiver.ts';
import { CannotStart, checkAccess, portProblem, untilItWorks, whoAmI } from './start-up.ts';
import { GIVE_UP_AFTER_MS, stayConnected } from './stay-connected.ts';
import { createUnderWay, endedWithin } from './under-way.ts';

/** A supervisor that was told 20 s kills what is not gone then. */
const FINISH_WITHIN_MS = 15_000;

async function main(): Promise<void> {
  const env = readEnv(process.env);
  const log = createLog(env.logLevel);
  const stopping = new AbortController();
  onStopSignal(stopping, log);
  process.on('unhandledRejection', (error) => die(log, error));
  process.on('uncaughtException', (error) => die(log, error));

  const now = () => performance.now();
  const bare = connectDatabase(env.database);
  const keyWatch = watchKey(bare, {
    log,
    now,
    onLost(problem) {
      log.error('ended: the database refuses the bot', { advice: problem });
      process.exit(1);
    },
  });
  const { database } = keyWatch;
  let jobs: RunningJobs | null = null;
  let connected = false;
  let otherProblems = (): string[] => [];
  const readiness = createReadiness({
    connected: () => connected,
    pollIsStale: () => jobs?.pollIsStale(new Date()) !== false,
    readHealth: () => readHealth(database),
    otherProblems: () => otherProblems(),
  });
  const { mode } = env.slack;
  // Open from the beginning: a bot that waits for Slack or its database is alive.
  const health = await openHealth(readiness, mode.kind === 'socket' ? mode.healthPort : mode.port);

  const identity = await untilItWorks(
    'Slack',
    () => whoAmI(env.slack.botToken, env.slack.apiUrl, mutedSdkLog),
    log,
    stopping.signal,
  );
  const slack = {
    botToken: env.slack.botToken,
    apiUrl: env.slack.apiUrl,
    sdkLog: sdkLog(log),
  };
  const channels = [...new Set([env.alertChannel, env.digestChannel])];
  const directory = slackDirectory({ ...slack, ...identity });
  await untilItWorks(
    'Slack',
    () => checkAccess(directory, identity.botUserId, channels, env.access.allowExternal),
    log,
    stopping.signal,
  );
  await untilItWorks(
    'Supabase',
    async () => {
      await readHealth(bare);
      await resume(bare, env.alertChannel, env.digestChannel);
    },
    log,
    stopping.signal,
  );

  const admission = createAdmission({ directory, channels, policy: env.access, now });
  const audiences = createAudiences({
    directory,
    channels,
    allowExternal: env.access.allowExternal,
    log,
    now,
  });
  const messenger = slackMessenger({ ...slack, botId: identity.botId });
  const deliverer = createDeliverer({
    outbox: supabaseOutbox(database),
    messenger: env.access.allowExternal ? messenger : discreetMessenger(messenger, audiences),
    render: (content, plain) => renderMessage(content, plain, env.timeZone),
    log,
    settings: DELIVERER_DEFAULTS,
  });

  // The first gesture waits for the same answers, if they are not there yet.
  void admission.warmUp();

  otherProblems = () => {
    const refusal = keyWatch.problem();
    return [
      ...(refusal === null ? [] : [refusal]),
      ...audiences
        .shared()
        .map((channel) => `${channel} is shared with other organisations: nothing is shown there`),
    ];
  };
  const receiver = buildReceiver(env, sdkLog(log), log, supabaseSeenRequests(database), readiness);
  const gestures = createUnderWay();
  const app = buildApp({
    ...slack,
    receiver,
    underWay: gestures,
    botId: identity.botId,
    botUserId: identity.botUserId,
    alerts: supabaseAlerts(database),
    surface: slackSurface(slack),
    admission,
    publicity: audiences,
    audit: supabaseAudit(database),
    log,
    digestChannel: env.digestChannel,
    timeZone: env.timeZone,
    wake: deliverer.wake,
    now: () => new Date(),
  });

  const delivering = deliverer.run(stopping.signal);
  jobs = startJobs(
    {
      poll: createPoll({
        polls: supabasePolls(database),
        policy: {
          channel: env.alertChannel,
          firstRun: env.firstRun,
          maxCardsPerPoll: env.maxCardsPerPoll,
          rearmAfterMs: env.rearmAfterMs,
        },
        log,
        wake: deliverer.wake,
      }),
      checkDigest: createDigestCheck({
        digests: supabaseDigests(database),
        channel: env.digestChannel,
        schedule: env.digestSchedule,
        timeZone: env.timeZone,
        log,
        wake: deliverer.wake,
      }),
      tidy: async () => {
        await tidy(database, env.retentionDays);
        deliverer.wake();
      },
      watchChannels: audiences.refresh,
    },
    { pollSchedule: env.pollSchedule, timeZone: env.timeZone },
    log,
  );
  const onConnection = (now: boolean): void => {
    if (now && !connected) {
      log.info('running', { mode: mode.kind, team: identity.teamId, channel: env.alertChannel });
    }
    connected = now;
  };

  const stopped = new Promise<void>((resolve) => {
    if (stopping.signal.aborted) resolve();
    else stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  /** Lets gestures in until the stop. */
  const receive = async (): Promise<void> => {
    if (stopping.signal.aborted) return;
    if (receiver instanceof SocketModeReceiver) {
      return stayConnected(receiver.client, {
        log,
        signal: stopping.signal,
        onConnection,
        giveUpAfterMs: GIVE_UP_AFTER_MS,
      });
    }
    // The receiver serves the health routes itself, on the same port.
    await closed(health);
    await app.start().catch((error: unknown) => {
      throw portProblem(mode.kind === 'http' ? mode.port : 0, error);
    });
    onConnection(true);
    return stopped;
  };

  let problem: unknown;
  try {
    // While Slack is away a connection may take long, and a stop need not wait for that.
    await Promise.race([receive(), stopped]);
  } catch (error) {
    problem = error;
    stopping.abort();
  }
  const left = await endedWithin(FINISH_WITHIN_MS, {
    gestures: stopReceiving(receiver, gestures, log),
    messages: delivering,
    polls: jobs.stop(),
  });
  if (left.length > 0) log.warn('left unfinished, the next bot goes on with it', { fields: left });
  if (problem !== undefined) throw problem;
  log.info('stopped');
}

async function openHealth(readiness: Readiness, port: number | null): Promise<Server | null> {
  if (port === null) return null;
  return serveHealth(readiness, port).catch((error: unknown) => {
    throw portProblem(port, error);
  });
}

async function closed(server: Server | null): Promise<void> {
  if (server === null) return;
  const end = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await end;
}

/** The first signal lets the bot finish what it is doing, the second ends it at once. */
function onStopSignal(stopping: AbortController, log: Log): void {
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(1);
    log.info('stopping');
    stopping.abort();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** After a surprise nobody knows what still works: end, and let the supervisor start us again. */
function die(log: Log, error: unknown): never {
  log.error('ended by an unexpected error', { error });
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
