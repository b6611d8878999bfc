import { supabaseAbsences } from '../../src/adapters/supabase-absences.ts';
import { supabaseAlerts } from '../../src/adapters/supabase-alerts.ts';
import type { Database } from '../../src/adapters/supabase-client.ts';
import { supabaseHomes } from '../../src/adapters/supabase-homes.ts';
import { supabaseOffers } from '../../src/adapters/supabase-offers.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import { supabaseOutcomes } from '../../src/adapters/supabase-outcomes.ts';
import { supabaseDigests, supabasePolls } from '../../src/adapters/supabase-polls.ts';
import {
  supabaseDirectSettings,
  supabaseMornings,
  supabaseSteps,
} from '../../src/adapters/supabase-steps.ts';
import { resume, tidy } from '../../src/adapters/supabase-upkeep.ts';
import type { PollPolicy } from '../../src/core/poll.ts';
import type {
  Absences,
  Alerts,
  DirectSettings,
  Homes,
  Messenger,
  OutcomeReceiver,
} from '../../src/core/ports.ts';
import type { WorkingHours } from '../../src/core/working-time.ts';
import { createDeliverer, DELIVERER_DEFAULTS } from '../../src/jobs/deliver.ts';
import { createDigestCheck } from '../../src/jobs/digest.ts';
import { createHomeDrawing } from '../../src/jobs/draw-home.ts';
import { createMorningJob } from '../../src/jobs/morning.ts';
import { createOfferJob } from '../../src/jobs/offer.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { createOutcomeJob } from '../../src/jobs/send-outcomes.ts';
import { createStepJob } from '../../src/jobs/steps.ts';
import type { Log } from '../../src/ops/log.ts';
import { MANAGER } from './gestures.ts';
import { ownerWith } from './leads.ts';
import type { SimulatedProcess } from './process.ts';
import type { Ladder } from './scenario.ts';

/** Short, so that alerts cool and accounts return within a run. */
export const REARM_MS = 300_000;
export const TIME_ZONE = 'Europe/Berlin';
/** Stands for the URL of the webhooks. */
const RECEIVER = '0'.repeat(64);
export const DIGEST_CHANNEL = 'C0DIGEST';
/** Due at 08:50, before the first poll in most runs, and again at 09:00. */
export const DIGEST_SCHEDULE = '0,50 8,9 * * *';
const hoursFrom = (from: number, to: number): WorkingHours => ({
  shifts: [{ days: new Set([0, 1, 2, 3, 4, 5, 6]), from: from * 60, to: to * 60 }],
  holidays: new Set(),
});
/** In most runs someone is always at work, unless all are away. */
const ALWAYS = hoursFrom(0, 24);
const OFFICE = hoursFrom(9, 17);
const ZONES: Readonly<Record<string, string>> = {
  U0: 'Europe/Berlin',
  U1: 'America/New_York',
  U2: 'Asia/Kolkata',
};

/** The working hours of everyone, and the zone of a user. */
export const workingHoursOf = (ladder: Ladder | null): WorkingHours =>
  ladder?.office ? OFFICE : ALWAYS;
export const zoneOf = (ladder: Ladder | null, user: string): string =>
  (ladder?.office ? ZONES[user] : undefined) ?? TIME_ZONE;

const HOUR_MS = 3_600_000;
/** Idle polling interval. Longer than the bot's, to save time. */
const IDLE_MS = 120_000;

export interface ReplicaDeps {
  process: SimulatedProcess;
  database: Database;
  messenger: Messenger;
  policy: PollPolicy;
  /** Numbers of the users who take turns, if there is a rotation. */
  rotation: readonly number[];
  firstCallMs: number;
  ladder: Ladder | null;
  /** Null if no webhooks are sent. */
  receiver: OutcomeReceiver | null;
  log: Log;
  /** Called after each successful poll, with its start time. */
  polled: (begunAt: number) => void;
}

/** A bot as `main.ts` wires it, but without listeners and timers: the simulation makes these calls. */
export interface Replica {
  readonly process: SimulatedProcess;
  readonly alerts: Alerts;
  readonly absences: Absences;
  readonly directSettings: DirectSettings;
  readonly homes: Homes;
  start(): void;
  wake(): void;
  /** One at a time, as in the schedule. */
  poll(): Promise<void>;
  /** Resolves when no offer is being made, no step taken and no webhook sent. */
  offered(): Promise<void>;
  /** Tells everyone whose morning it is. */
  greet(): Promise<void>;
  checkDigest(): Promise<void>;
  tidy(): Promise<void>;
}

/** Draws Home tabs of users who may see everything. */
export const homeDrawing = (database: Database, ladder: Ladder | null) =>
  createHomeDrawing({
    accessCheck: {
      decide: async () => ({ reach: 'everything' as const }),
      timeZoneOf: (user) => zoneOf(ladder, user),
    },
    homes: supabaseHomes(database),
    settings: supabaseDirectSettings(database),
    absences: supabaseAbsences(database),
    managers: { include: async (user) => user === MANAGER },
    deadlines: ladder?.deadlines ?? { claimMs: null, contactMs: null, followUpMs: null },
    timeZone: TIME_ZONE,
  });

export function createReplica({
  process,
  database,
  messenger,
  policy,
  rotation,
  firstCallMs,
  ladder,
  receiver,
  log,
  polled,
}: ReplicaDeps): Replica {
  const drawHome = homeDrawing(database, ladder);
  const deliverer = createDeliverer({
    outbox: supabaseOutbox(database),
    messenger,
    render: (content, plain) =>
      content.kind === 'home' ? drawHome(content, plain) : renderMessage(content, plain, TIME_ZONE),
    log,
    settings: { ...DELIVERER_DEFAULTS, idleMs: IDLE_MS },
    clock: process.clock,
  });
  const poll = createPoll({
    polls: supabasePolls(database),
    policy,
    log,
    wake: deliverer.wake,
    clock: process.clock,
  });
  const checkDigest = createDigestCheck({
    digests: supabaseDigests(database),
    channel: DIGEST_CHANNEL,
    schedule: DIGEST_SCHEDULE,
    timeZone: TIME_ZONE,
    log,
    wake: deliverer.wake,
  });
  const absences = supabaseAbsences(database);
  const members = new Set(rotation.map((user) => `U${user}`));
  const common = {
    absences,
    whyNotGiven: async () => null,
    accessCheck: {
      decide: async () => ({ reach: 'everything' as const }),
      timeZoneOf: (user: string) => zoneOf(ladder, user),
    },
    hours: workingHoursOf(ladder),
    timeZone: TIME_ZONE,
    log,
    wake: deliverer.wake,
    clock: process.clock,
  };
  const offer = createOfferJob({
    ...common,
    offers: supabaseOffers(database),
    owners: { find: async (email) => ownerWith(email) },
    rotation: policy.offerTo.rotation ? { members: async () => members } : null,
    firstCallMs,
  });
  const mornings = createMorningJob({ ...common, mornings: supabaseMornings(database) });
  const steps = supabaseSteps(database);
  const takeSteps =
    ladder &&
    createStepJob({
      ...common,
      steps,
      deadlines: ladder.deadlines,
      managers: { all: async () => [MANAGER] },
      onDuty: ladder.onDuty === null ? null : { user: `U${ladder.onDuty}` },
      mornings,
    });
  const sendAll =
    receiver &&
    createOutcomeJob({
      outcomes: supabaseOutcomes(database, { fingerprint: RECEIVER, people: false }),
      receiver,
      log,
      clock: process.clock,
    });
  let sending: Promise<void> | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  const sendOutcomes = (): void => {
    if (sendAll === null) return;
    askedAt = process.clock.now();
    sending ??= sendAll(new AbortController().signal)
      .catch(() => {})
      .finally(() => {
        sending = null;
      });
  };
  let polling: Promise<void> | null = null;
  let offering: Promise<void> | null = null;
  let stepping: Promise<void> | null = null;
  let greeting: Promise<void> | null = null;
  const pollAndReport = async (): Promise<void> => {
    const begunAt = process.clock.now();
    const { offersDue, stepsDue, outcomesDue } = await poll();
    // Hourly in any case: while a bot asks, events are written.
    if (outcomesDue || process.clock.now() - askedAt >= HOUR_MS) sendOutcomes();
    if (offersDue) {
      offering ??= offer()
        .catch(() => {})
        .finally(() => {
          offering = null;
        });
    }
    if (stepsDue && takeSteps !== null) {
      stepping ??= takeSteps()
        .catch(() => {})
        .finally(() => {
          stepping = null;
        });
    }
    polled(begunAt);
  };

  return {
    process,
    alerts: supabaseAlerts(database),
    absences,
    directSettings: supabaseDirectSettings(database),
    homes: supabaseHomes(database),
    start() {
      const delivering = new AbortController();
      const retryAtStart = async (): Promise<void> => {
        for (;;) {
          try {
            await resume(database, policy.channel, DIGEST_CHANNEL);
            if (ladder !== null) await steps.setDeadlines(ladder.deadlines);
            return;
          } catch {
            await process.clock.sleep(1_000);
          }
        }
      };
      void retryAtStart().then(() => deliverer.run(delivering.signal));
      sendOutcomes();
    },
    wake: deliverer.wake,
    poll() {
      polling ??= pollAndReport().finally(() => {
        polling = null;
      });
      return polling;
    },
    async offered() {
      await offering;
      await stepping;
      await sending;
    },
    greet() {
      greeting ??= mornings
        .tellAll()
        .catch(() => {})
        .finally(() => {
          greeting = null;
        });
      return greeting;
    },
    checkDigest: () => checkDigest(new Date(process.clock.wall())),
    async tidy() {
      await tidy(database, 365, 730);
    },
  };
}
