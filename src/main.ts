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
import { mutedSdkLog, sdkLog } from './ops/sdk-log.ts';
import { buildReceiver, startReceiving, stopReceiving } from './receiver.ts';
import { CannotStart, checkAccess, portProblem, untilItWorks, whoAmI } from './start-up.ts';
import { createUnderWay } from './under-way.ts';

const SHUTDOWN_MS = 20_000;

async function main(): Promise<void> {
  const env = readEnv(process.env);
  const log = createLog(env.logLevel);
  const stopping = new AbortController();
  onStopSignal(stopping, log);
  process.on('unhandledRejection', (error) => {
    // Stopping while the SDK reconnects rejects a promise of its own; nothing is lost by it.
    if (stopping.signal.aborted) log.warn('a promise failed while stopping', { error });
    else die(log, error);
  });
  process.on('uncaughtException', (error) => die(log, error));

  const bare = connectDatabase(env.database);
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

  const now = () => performance.now();
  const admission = createAdmission({ directory, channels, policy: env.access, now });
  const audiences = createAudiences({
    directory,
    channels,
    allowExternal: env.access.allowExternal,
    log,
    now,
  });
  const keyWatch = watchKey(bare, {
    log,
    now,
    onLost(problem) {
      log.error('ended: the database refuses the bot', { advice: problem });
      process.exit(1);
    },
  });
  const { database } = keyWatch;
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

  let jobs: RunningJobs | null = null;
  let connected = false;
  const readiness: Readiness = () => {
    const refusal = keyWatch.problem();
    return [
      ...(connected ? [] : ['not connected to Slack']),
      ...(refusal === null ? [] : [refusal]),
      ...(jobs?.pollIsStale(new Date()) === false
        ? []
        : ['no poll has succeeded lately: is the database reachable?']),
      ...audiences
        .shared()
        .map((channel) => `${channel} is shared with other organisations: nothing is shown there`),
    ];
  };

  const receiver = buildReceiver(
    env,
    sdkLog(log),
    log,
    supabaseSeenRequests(database),
    readiness,
    (now) => {
      connected = now;
    },
  );
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

  const healthPort = env.slack.mode.kind === 'socket' ? env.slack.mode.healthPort : null;
  const health =
    healthPort === null
      ? null
      : await serveHealth(readiness, healthPort).catch((error: unknown) => {
          throw portProblem(healthPort, error);
        });

  // It outlives the gestures, so that what they change can still be shown.
  const noMoreToShow = new AbortController();
  const delivering = deliverer.run(noMoreToShow.signal);
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
  const stopped = new Promise<void>((resolve) => {
    if (stopping.signal.aborted) resolve();
    else stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // While Slack is away the SDK tries to connect for a long time, and a stop need not wait for that.
  await Promise.race([startReceiving(env, () => app.start()), stopped]);
  if (!stopping.signal.aborted) {
    if (env.slack.mode.kind === 'http') connected = true;
    log.info('running', {
      mode: env.slack.mode.kind,
      team: identity.teamId,
      channel: env.alertChannel,
    });
  }

  await stopped;
  setTimeout(() => die(log, new Error('shutdown took too long')), SHUTDOWN_MS).unref();
  await stopReceiving(receiver, gestures, log);
  await jobs.stop();
  noMoreToShow.abort();
  await delivering;
  health?.close();
  log.info('stopped');
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
    console.error(error);
  }
  process.exit(error instanceof Error && error.name === 'AbortError' ? 0 : 1);
}
