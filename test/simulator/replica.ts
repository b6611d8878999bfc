import { supabaseAlerts } from '../../src/adapters/supabase-alerts.ts';
import type { Database } from '../../src/adapters/supabase-client.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import { supabaseDigests, supabasePolls } from '../../src/adapters/supabase-polls.ts';
import { resume, tidy } from '../../src/adapters/supabase-upkeep.ts';
import type { PollPolicy } from '../../src/core/poll.ts';
import type { Alerts, Messenger } from '../../src/core/ports.ts';
import { createDeliverer, DELIVERER_DEFAULTS } from '../../src/jobs/deliver.ts';
import { createDigestCheck } from '../../src/jobs/digest.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import type { Log } from '../../src/ops/log.ts';
import type { SimulatedProcess } from './process.ts';

/** Short, so that alerts cool and accounts return within a run. */
export const REARM_MS = 300_000;
export const TIME_ZONE = 'Europe/Berlin';
export const DIGEST_CHANNEL = 'C0DIGEST';
/** Due at 08:50, before the first poll in most runs, and again at 09:00. */
export const DIGEST_SCHEDULE = '0,50 8,9 * * *';
/** Idle polling interval. Longer than the bot's, to save time. */
const IDLE_MS = 120_000;

export interface ReplicaDeps {
  process: SimulatedProcess;
  database: Database;
  messenger: Messenger;
  policy: PollPolicy;
  log: Log;
  /** Called after each successful poll, with its start time. */
  polled: (begunAt: number) => void;
}

/** A bot as `main.ts` wires it, but without listeners and timers: the simulation makes these calls. */
export interface Replica {
  readonly process: SimulatedProcess;
  readonly alerts: Alerts;
  start(): void;
  wake(): void;
  /** One at a time, as in the schedule. */
  poll(): Promise<void>;
  checkDigest(): Promise<void>;
  tidy(): Promise<void>;
}

export function createReplica({
  process,
  database,
  messenger,
  policy,
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
  const pollAndReport = async (): Promise<void> => {
    const begunAt = process.clock.now();
    await poll();
    polled(begunAt);
  };
  let polling: Promise<void> | null = null;

  return {
    process,
    alerts: supabaseAlerts(database),
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
    checkDigest: () => checkDigest(new Date(process.clock.wall())),
    async tidy() {
      await tidy(database, 365, 730);
    },
  };
}
