import type { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { Dispatcher } from 'undici';
import { alertsWithOwners } from './access/account-owners.ts';
import { createUserGroup } from './access/user-group.ts';
import { fingerprintOf, outcomeWebhook } from './adapters/outcome-webhook.ts';
import { slackSurface } from './adapters/slack-surface.ts';
import { supabaseAbsences } from './adapters/supabase-absences.ts';
import {
  supabaseAudit,
  supabaseCardChannels,
  supabaseSeenRequests,
} from './adapters/supabase-access.ts';
import { supabaseAlerts } from './adapters/supabase-alerts.ts';
import { supabaseCheckups } from './adapters/supabase-checkup.ts';
import type { Database } from './adapters/supabase-client.ts';
import { supabaseHomes } from './adapters/supabase-homes.ts';
import { supabaseNewBlocks } from './adapters/supabase-new-blocks.ts';
import { supabaseOffers } from './adapters/supabase-offers.ts';
import { supabaseOutcomes } from './adapters/supabase-outcomes.ts';
import { supabaseDigests, supabasePolls } from './adapters/supabase-polls.ts';
import { supabaseReports } from './adapters/supabase-reports.ts';
import {
  supabaseDirectSettings,
  supabaseMornings,
  supabaseSteps,
} from './adapters/supabase-steps.ts';
import { tidy } from './adapters/supabase-upkeep.ts';
import { whyNotGiven } from './core/admission.ts';
import type { Directory, Meter, SlowestCalls } from './core/ports.ts';
import type { Env } from './env.ts';
import { buildApp } from './intake/app.ts';
import { createInFlight, type InFlight } from './intake/in-flight.ts';
import { buildReceiver } from './intake/receiver.ts';
import { seenEventsAmong } from './intake/seen-events.ts';
import { createCheckup } from './jobs/checkup.ts';
import { DELIVERER_DEFAULTS, type Deliverer } from './jobs/deliver.ts';
import { createDigestCheck } from './jobs/digest.ts';
import { createMorningJob } from './jobs/morning.ts';
import { createOfferJob } from './jobs/offer.ts';
import { createPoll } from './jobs/poll.ts';
import type { Jobs } from './jobs/schedule.ts';
import { createOutcomeJob } from './jobs/send-outcomes.ts';
import { createStepJob, type OnDuty } from './jobs/steps.ts';
import type { Identity } from './lifecycle/identity.ts';
import type { Readiness, Route } from './ops/health.ts';
import type { Log } from './ops/log.ts';
import { sdkLog } from './ops/sdk-log.ts';
import { wireDelivery } from './wire-delivery.ts';

export interface WireSettings {
  env: Env;
  log: Log;
  identity: Identity;
  directory: Directory;
  database: Database;
  slowest: SlowestCalls;
  readiness: Readiness;
  /** Further routes on the port of the health routes. */
  besideHealth: readonly Route[];
  meter: Meter;
  /** For WebSockets; undefined without a proxy. */
  proxyDispatcher: Dispatcher | undefined;
  /** Called when Slack answers a call over HTTP. */
  onAnswer: () => void;
  /** Monotonic milliseconds. */
  now(): number;
}

/** The parts of a bot, not yet started. */
export interface Bot {
  app: App;
  receiver: HTTPReceiver | SocketModeReceiver;
  gestures: InFlight;
  deliverer: Deliverer;
  jobs: Jobs;
  /** Fills the caches that the first gesture needs. Never rejects. */
  warmUp(): Promise<void>;
  /** Why the bot can't show leads, one sentence per channel. */
  problems(): string[];
}

/** Builds the parts of a bot. Opens and starts nothing. */
export function wire(settings: WireSettings): Bot {
  const {
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
  } = settings;
  const { botToken, apiUrl } = env.slack;
  const slack = { botToken, apiUrl, sdkLog: sdkLog(log), onAnswer, meter };

  const cardChannels = supabaseCardChannels(database);
  const absences = supabaseAbsences(database);
  const userGroup = (id: string, unreadable: string) =>
    createUserGroup({ id, directory, log, unreadable, now });
  const rotation =
    env.rotation === null
      ? null
      : userGroup(
          env.rotation,
          'could not read the user group of ROTATION, so it is offered no leads for now',
        );
  const onDuty: OnDuty | null =
    env.onDuty !== null && 'group' in env.onDuty
      ? {
          id: env.onDuty.group,
          group: userGroup(
            env.onDuty.group,
            'could not read the user group of ON_DUTY, so reminders mention it without knowing its members',
          ),
        }
      : env.onDuty;
  const { deliverer, accessCheck, channelAudiences, owners, managers } = wireDelivery({
    env,
    log,
    identity,
    slack,
    directory,
    database,
    cardChannels,
    deliverer: DELIVERER_DEFAULTS,
    now,
  });
  const { wake } = deliverer;
  const people = {
    absences,
    accessCheck,
    hours: env.workingHours,
    timeZone: env.timeZone,
    whyNotGiven: (user: string, alertId: string) =>
      whyNotGiven({ accessCheck, cardChannels }, user, alertId),
  };
  const mornings = createMorningJob({
    ...people,
    mornings: supabaseMornings(database),
    log,
    wake,
  });

  const gestures = createInFlight();
  const seen = supabaseSeenRequests(database);
  const receiver = buildReceiver(
    env,
    slack.sdkLog,
    log,
    seen,
    readiness,
    proxyDispatcher,
    besideHealth,
  );
  const app = buildApp({
    ...slack,
    receiver,
    inFlight: gestures,
    botId: identity.botId,
    botUserId: identity.botUserId,
    alerts: alertsWithOwners(supabaseAlerts(database), owners),
    surface: slackSurface(slack, supabaseNewBlocks(database), log),
    accessCheck,
    cardChannels,
    channelAudience: channelAudiences,
    managers,
    absences,
    settings: supabaseDirectSettings(database),
    reports: supabaseReports(database),
    homes: supabaseHomes(database),
    workingHours: env.workingHours,
    deadlines: env.deadlines,
    quietAfterNotAFitMs: env.quietAfterNotAFitMs,
    audit: supabaseAudit(database),
    seenEvents: seenEventsAmong(seen),
    log,
    meter,
    alertChannel: env.alertChannel,
    digestChannel: env.digestChannel,
    timeZone: env.timeZone,
    wake,
    now: () => new Date(),
  });

  return {
    app,
    receiver,
    gestures,
    deliverer,
    jobs: {
      poll: createPoll({
        polls: supabasePolls(database),
        policy: {
          channel: env.alertChannel,
          firstRun: env.firstRun,
          maxCardsPerPoll: env.maxCardsPerPoll,
          offerTo: {
            owners: env.firstCallMs > 0,
            rotation: env.firstCallMs > 0 && rotation !== null,
          },
          rearmAfterMs: env.rearmAfterMs,
        },
        log,
        wake,
        meter,
      }),
      offer: createOfferJob({
        ...people,
        offers: supabaseOffers(database),
        owners,
        rotation,
        firstCallMs: env.firstCallMs,
        log,
        wake,
      }),
      takeSteps: createStepJob({
        ...people,
        steps: supabaseSteps(database),
        deadlines: env.deadlines,
        managers,
        onDuty,
        mornings,
        log,
        wake,
      }),
      sendOutcomes:
        env.outcomes &&
        createOutcomeJob({
          outcomes: supabaseOutcomes(database, {
            fingerprint: fingerprintOf(env.outcomes.url),
            people: env.outcomes.people,
          }),
          receiver: outcomeWebhook(env.outcomes),
          log,
          onSent: (type, result) => meter.add('webhooks_total', { type, result }),
        }),
      tellMornings: mornings.tellAll,
      checkDigest: createDigestCheck({
        digests: supabaseDigests(database),
        channel: env.digestChannel,
        schedule: env.digestSchedule,
        postEmpty: env.emptyDigest === 'line',
        timeZone: env.timeZone,
        log,
        wake,
      }),
      async tidy() {
        const more = await tidy(database, env.retentionDays, env.historyDays);
        wake();
        return more;
      },
      watchChannels: channelAudiences.refresh,
      checkUp: createCheckup({ checkups: supabaseCheckups(database), slowest, log }),
    },
    async warmUp() {
      await Promise.all([accessCheck.warmUp(), managers.warmUp()]);
    },
    problems: () =>
      channelAudiences
        .shared()
        .map((channel) => `${channel} is shared with other organizations: nothing is shown there`),
  };
}
