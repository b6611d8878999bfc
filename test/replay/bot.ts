import { createAccessCheck } from '../../src/access/access-check.ts';
import { createOwners } from '../../src/access/account-owners.ts';
import { createManagers } from '../../src/access/managers.ts';
import { createRefusalFor } from '../../src/access/readers.ts';
import { createUserGroup } from '../../src/access/user-group.ts';
import { supabaseAbsences } from '../../src/adapters/supabase-absences.ts';
import { supabaseCardChannels } from '../../src/adapters/supabase-access.ts';
import { supabaseAlerts } from '../../src/adapters/supabase-alerts.ts';
import type { Database } from '../../src/adapters/supabase-client.ts';
import { supabaseOffers } from '../../src/adapters/supabase-offers.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import { supabaseDigests, supabasePolls } from '../../src/adapters/supabase-polls.ts';
import { supabaseMornings, supabaseSteps } from '../../src/adapters/supabase-steps.ts';
import { resume, tidy } from '../../src/adapters/supabase-upkeep.ts';
import { whyNotGiven } from '../../src/core/admission.ts';
import type { Absences, Alerts, Directory, Messenger, Polls } from '../../src/core/ports.ts';
import type { Deadlines } from '../../src/core/steps.ts';
import type { WorkingHours } from '../../src/core/working-time.ts';
import type { Clock } from '../../src/jobs/clock.ts';
import { createDeliverer, DELIVERER_DEFAULTS } from '../../src/jobs/deliver.ts';
import { createDigestCheck } from '../../src/jobs/digest.ts';
import { createMorningJob } from '../../src/jobs/morning.ts';
import { createOfferJob } from '../../src/jobs/offer.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { createStepJob } from '../../src/jobs/steps.ts';
import type { Log } from '../../src/ops/log.ts';
import type { SimulatedProcess } from '../simulator/process.ts';
import { CARD_CHANNEL, DIGEST_CHANNEL, ON_DUTY, ROTATION, TIME_ZONE } from './people.ts';

const HOUR_MS = 3_600_000;
export const REARM_MS = 24 * HOUR_MS;
export const MOST_CARDS = 10;
const FIRST_CALL_MS = HOUR_MS / 2;
/** As the README suggests. */
const DEADLINES: Deadlines = {
  claimMs: 2 * HOUR_MS,
  contactMs: 8 * HOUR_MS,
  followUpMs: 14 * 24 * HOUR_MS,
};
/** Nobody else changes the database, so the deliverer need not look by itself. */
const IDLE_MS = HOUR_MS;
const SWEEP_MS = 6 * HOUR_MS;
/** More than the bot's, so that it takes what is due in one call. */
const PARALLEL = 50;

export interface BotDeps {
  process: SimulatedProcess;
  database: Database;
  messenger: Messenger;
  directory: Directory;
  managers: readonly string[];
  hours: WorkingHours;
  log: Log;
}

/** A bot as `wire.ts` builds it, with all deadlines set. The replay decides when its jobs run. */
export interface Bot {
  readonly process: SimulatedProcess;
  readonly alerts: Alerts;
  readonly absences: Absences;
  /** Starts delivering. */
  start(): Promise<void>;
  wake(): void;
  /** One poll, with the jobs that it starts. */
  poll(): Promise<void>;
  tellMornings(): Promise<void>;
  checkDigest(): Promise<void>;
  tidy(): Promise<void>;
}

export function createBot({
  process,
  database,
  messenger,
  directory,
  managers: managerUsers,
  hours,
  log,
}: BotDeps): Bot {
  const now = process.clock.now;
  const cardChannels = supabaseCardChannels(database);
  const absences = supabaseAbsences(database);
  const accessCheck = createAccessCheck({
    directory,
    channels: [CARD_CHANNEL, DIGEST_CHANNEL],
    cardChannels,
    policy: { allowGuests: false, allowExternal: false },
    now,
  });
  const owners = createOwners({ directory, log, now });
  const group = (id: string) =>
    createUserGroup({ id, directory, log, unreadable: 'could not read a group', now });
  const managers = createManagers({ users: managerUsers, group: null });
  const deliverer = createDeliverer({
    outbox: supabaseOutbox(database),
    messenger,
    render: (content, plain) => renderMessage(content, plain, TIME_ZONE),
    refusalFor: createRefusalFor({ accessCheck, cardChannels }),
    log,
    settings: { ...DELIVERER_DEFAULTS, idleMs: IDLE_MS, parallel: PARALLEL },
    clock: process.clock,
  });
  const { wake } = deliverer;
  const jobs = { log, wake, clock: process.clock };
  const poll = createPoll({
    ...jobs,
    polls: sweepingRarely(supabasePolls(database), process.clock),
    policy: {
      channel: CARD_CHANNEL,
      firstRun: 'rollup',
      maxCardsPerPoll: MOST_CARDS,
      offerTo: { owners: true, rotation: true },
      rearmAfterMs: REARM_MS,
    },
  });
  const peopleDeps = {
    ...jobs,
    absences,
    accessCheck,
    hours,
    timeZone: TIME_ZONE,
    whyNotGiven: (user: string, alertId: string) =>
      whyNotGiven({ accessCheck, cardChannels }, user, alertId),
  };
  const offer = createOfferJob({
    ...peopleDeps,
    offers: supabaseOffers(database),
    owners,
    rotation: group(ROTATION),
    firstCallMs: FIRST_CALL_MS,
  });
  const mornings = createMorningJob({ ...peopleDeps, mornings: supabaseMornings(database) });
  const steps = supabaseSteps(database);
  const takeSteps = createStepJob({
    ...peopleDeps,
    steps,
    deadlines: DEADLINES,
    managers,
    onDuty: { id: ON_DUTY, group: group(ON_DUTY) },
    mornings,
  });
  const checkDigest = createDigestCheck({
    digests: supabaseDigests(database),
    channel: DIGEST_CHANNEL,
    schedule: '0 9 * * 1-5',
    timeZone: TIME_ZONE,
    log,
    wake,
  });

  return {
    process,
    alerts: supabaseAlerts(database),
    absences,
    async start() {
      await accessCheck.warmUp();
      await resume(database, CARD_CHANNEL, DIGEST_CHANNEL);
      await steps.setDeadlines(DEADLINES);
      void deliverer.run(new AbortController().signal);
    },
    wake,
    async poll() {
      const { offersDue, stepsDue } = await poll();
      if (offersDue) await offer();
      if (stepsDue) await takeSteps();
    },
    tellMornings: mornings.tellAll,
    checkDigest: () => checkDigest(new Date(process.clock.wall())),
    async tidy() {
      while (await tidy(database, 365, 730));
      wake();
    },
  };
}

/** Sweeps find what no trigger saw. Here the triggers see everything, and a sweep a minute would take minutes of a run. */
function sweepingRarely(polls: Polls, clock: Clock): Polls {
  let sweepFrom = Number.NEGATIVE_INFINITY;
  return {
    ...polls,
    async changes(policy) {
      const changes = await polls.changes(policy);
      const sweepDue = changes.sweepDue && clock.now() >= sweepFrom;
      if (sweepDue) sweepFrom = clock.now() + SWEEP_MS;
      return { ...changes, sweepDue };
    },
  };
}
