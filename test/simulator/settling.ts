import type { QueryResultRow } from 'pg';
import type { EventQueue } from './event-queue.ts';
import type { Pipeline } from './pipeline.ts';
import type { Replica } from './replica.ts';

/** Everything must settle within this time after the last fault. */
const SETTLES_WITHIN_MS = 120 * 60_000;
export const POLL_EVERY_MS = 1_000;
/** Intervals of sweeps, and of redraws of unchanged cards. */
const SWEEP_MS = 61_000;
/** They are tried again after up to half an hour. */
const WEBHOOKS_EVERY_MS = 60_000;
const REDRAWN_WITHIN_MS = 76 * 60_000;

/** A run after its last fault. */
export interface SettlingWorld {
  queue: EventQueue;
  pipeline: Pipeline;
  /** Those that run now: one may still crash. */
  replicas(): readonly Replica[];
  /** Runs the next event. False if there is none by then, or too many have run. */
  step(until: number): Promise<boolean>;
  read(text: string): Promise<QueryResultRow[]>;
  /** Transactions of the pipeline that have not committed. */
  openTransactions(): number;
  /** Whether the newest take found nothing left to do. */
  newestTake: { nothingLeft: boolean };
  /** Whether the bots take steps. */
  takesSteps: boolean;
  /** Whether they send webhooks. */
  sendsOutcomes: boolean;
}

/** Runs until everything settles. Returns false if it never does. */
export async function settle(world: SettlingWorld): Promise<boolean> {
  const { queue, pipeline } = world;
  const until = queue.now + SETTLES_WITHIN_MS;
  while (world.openTransactions() > 0 || world.replicas().some(({ process }) => process.frozen)) {
    if (!(await world.step(until))) return false;
  }
  // By now, calls in progress have ended or timed out.
  await runUntil(world, queue.now + 30_000);
  // The second poll handles what the first one found. A later one, what became due meanwhile.
  for (const pauseMs of [POLL_EVERY_MS, 0]) {
    if (!(await pollAndWait(world, pauseMs, until))) return false;
  }
  while (await isAnyForPolls(world)) if (!(await pollAndWait(world, 5_000, until))) return false;
  if (pipeline.missedByTriggers) {
    // Changes that no trigger saw take two sweeps, and reach the cards at their next redraw.
    if (!(await nothingIsLeft(world, until))) return false;
    queue.skip(REDRAWN_WITHIN_MS);
    for (const pauseMs of [SWEEP_MS, SWEEP_MS, 0]) {
      if (!(await pollAndWait(world, pauseMs, until))) return false;
    }
  }
  while (await isAnyWebhookWaiting(world)) {
    if (!(await pollAndWait(world, WEBHOOKS_EVERY_MS, until))) return false;
    while (await isAnyForPolls(world)) if (!(await pollAndWait(world, 5_000, until))) return false;
  }
  return nothingIsLeft(world, until);
}

async function isAnyWebhookWaiting({ read, sendsOutcomes }: SettlingWorld): Promise<boolean> {
  if (!sendsOutcomes) return false;
  return (await read("select id from lead_bot.outcomes where state = 'waiting'")).length > 0;
}

async function runUntil({ step }: SettlingWorld, until: number): Promise<void> {
  while (await step(until));
}

/** Two bots poll, since the second may find what the first one wrote. */
async function pollAndWait(world: SettlingWorld, pauseMs: number, until: number): Promise<boolean> {
  for (const replica of world.replicas().slice(0, 2)) {
    if (!(await finish(world, replica.poll(), until))) return false;
    if (!(await finish(world, replica.offered(), until))) return false;
    if (!(await finish(world, replica.checkDigest(), until))) return false;
  }
  await runUntil(world, world.queue.now + pauseMs);
  return true;
}

/** Waits until the deliverers have nothing to do. Returns false if that never happens. */
async function nothingIsLeft(world: SettlingWorld, until: number): Promise<boolean> {
  const { newestTake } = world;
  do {
    newestTake.nothingLeft = false;
    while (!newestTake.nothingLeft) if (!(await world.step(until))) return false;
  } while (await isAnyLeased(world));
  return true;
}

async function isAnyLeased({ read }: SettlingWorld): Promise<boolean> {
  // One that was given up keeps the lease of a bot that has died.
  const leased = await read('select id from lead_bot.messages where lease_until > sim.now()');
  return leased.length > 0;
}

/** Whether there are marks, someone must be chosen for an offer, or an alert needs a step. */
async function isAnyForPolls({ read, takesSteps }: SettlingWorld): Promise<boolean> {
  const found = await read(
    `select from lead_bot.lead_marks
      union all
     select from lead_bot.alerts
      where offer_due_at <= sim.now() and closed_at is null and status = 'open' and hold is null
         or ${takesSteps} and step_due_at <= sim.now() and closed_at is null`,
  );
  return found.length > 0;
}

async function finish(world: SettlingWorld, work: Promise<void>, until: number): Promise<boolean> {
  let over = false;
  void work.finally(() => {
    over = true;
  });
  while (!over) if (!(await world.step(until))) return false;
  return true;
}
