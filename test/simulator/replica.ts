import { supabaseAbsences } from '../../src/adapters/supabase-absences.ts';
import { supabaseAlerts } from '../../src/adapters/supabase-alerts.ts';
import type { Database } from '../../src/adapters/supabase-client.ts';
import { supabaseOffers } from '../../src/adapters/supabase-offers.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import { supabaseDigests, supabasePolls } from '../../src/adapters/supabase-polls.ts';
import { resume, tidy } from '../../src/adapters/supabase-upkeep.ts';
import type { PollPolicy } from '../../src/core/poll.ts';
import type { Absences, Alerts, Messenger } from '../../src/core/ports.ts';
import type { WorkingHours } from '../../src/core/working-time.ts';
import { createDeliverer, DELIVERER_DEFAULTS } from '../../src/jobs/deliver.ts';
import { createDigestCheck } from '../../src/jobs/digest.ts';
import { createOfferJob } from '../../src/jobs/offer.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import type { Log } from '../../src/ops/log.ts';
import { ownerWith } from './leads.ts';
import type { SimulatedProcess } from './process.ts';

/** Short, so that alerts cool and accounts return within a run. */
export const REARM_MS = 300_000;
export const TIME_ZONE = 'Europe/Berlin';
export const DIGEST_CHANNEL = 'C0DIGEST';
/** Due at 08:50, before the first poll in most runs, and again at 09:00. */
export const DIGEST_SCHEDULE = '0,50 8,9 * * *';
/** Working time is tested elsewhere; here someone is always at work, unless all are away. */
const ALWAYS: WorkingHours = {
  shifts: [{ days: new Set([0, 1, 2, 3, 4, 5, 6]), from: 0, to: 24 * 60 }],
  holidays: new Set(),
};
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
  log: Log;
  /** Called after each successful poll, with its start time. */
  polled: (begunAt: number) => void;
}

/** A bot as `main.ts` wires it, but without listeners and timers: the simulation makes these calls. */
export interface Replica {
  readonly process: SimulatedProcess;
  readonly alerts: Alerts;
  readonly absences: Absences;
  start(): void;
  wake(): void;
  /** One at a time, as in the schedule. */
  poll(): Promise<void>;
  /** Resolves when no offer is being made. */
  offered(): Promise<void>;
  checkDigest(): Promise<void>;
  tidy(): Promise<void>;
}

export function createReplica({
  process,
  database,
  messenger,
  policy,
  rotation,
  firstCallMs,
  log,
  polled,
}: ReplicaDeps): Replica {
  const deliverer = createDeliverer({
    outbox: supabaseOutbox(database),
    messenger,
    render: (content, plain) => renderMessage(content, plain, TIME_ZONE),
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
  const offer = createOfferJob({
    offers: supabaseOffers(database),
    absences,
    owners: { find: async (email) => ownerWith(email) },
    rotation: policy.offerTo.rotation ? { members: async () => members } : null,
    whyNotGiven: async () => null,
    accessCheck: { timeZoneOf: () => TIME_ZONE },
    firstCallMs,
    hours: ALWAYS,
    timeZone: TIME_ZONE,
    log,
    wake: deliverer.wake,
    clock: process.clock,
  });
  let polling: Promise<void> | null = null;
  let offering: Promise<void> | null = null;
  const pollAndReport = async (): Promise<void> => {
    const begunAt = process.clock.now();
    const { offersDue } = await poll();
    if (offersDue) {
      offering ??= offer()
        .catch(() => {})
        .finally(() => {
          offering = null;
        });
    }
    polled(begunAt);
  };

  return {
    process,
    alerts: supabaseAlerts(database),
    absences,
    start() {
      const delivering = new AbortController();
      const retryAtStart = async (): Promise<void> => {
        for (;;) {
          try {
            await resume(database, policy.channel, DIGEST_CHANNEL);
            return;
          } catch {
            await process.clock.sleep(1_000);
          }
        }
      };
      void retryAtStart().then(() => deliverer.run(delivering.signal));
    },
    wake: deliverer.wake,
    poll() {
      polling ??= pollAndReport().finally(() => {
        polling = null;
      });
      return polling;
    },
    offered: () => offering ?? Promise.resolve(),
    checkDigest: () => checkDigest(new Date(process.clock.wall())),
    async tidy() {
      await tidy(database, 365, 730);
    },
  };
}
