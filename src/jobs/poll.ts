import { type Changes, type PollPolicy, planPoll, type SweepSummary } from '../core/poll.ts';
import type { Meter, Moves, Polls } from '../core/ports.ts';
import { silentMeter } from '../core/silent-meter.ts';
import type { Log } from '../ops/log.ts';
import { type Clock, systemClock } from './clock.ts';
import { measureRun } from './measure-run.ts';
import { createOnceAnHour } from './once-an-hour.ts';

export interface PollDeps {
  polls: Polls;
  policy: PollPolicy;
  log: Log;
  /** Called when messages may be due. */
  wake: () => void;
  clock?: Clock;
  meter?: Meter;
}

export interface PollResult {
  /** Whether someone must be chosen for an offer. */
  offersDue: boolean;
  /** Whether an alert may need a step. */
  stepsDue: boolean;
  /** Whether a webhook is due. */
  outcomesDue: boolean;
}

/** Per poll. The rest waits for the next poll, a second later. */
const MAX_BATCHES = 100;
/** Minimum backoff after a failed sweep; a slow sweep backs off for twenty times its duration. */
const SWEEP_AGAIN_MS = 60_000;

/**
 * Returns a job that polls once for leads that turned hot or cooled. It throws when the database doesn't answer:
 * no answer doesn't mean everyone has cooled, and the next poll sees the same changes.
 *
 * New leads come first, then open alerts. The sweep is last: it may be slow or fail without delaying them.
 *
 * The job returns which other jobs have work.
 */
export function createPoll({
  polls,
  policy,
  log,
  wake,
  clock = systemClock,
  meter = silentMeter,
}: PollDeps): () => Promise<PollResult> {
  const report = createReport(log, clock);
  let sweepFrom = Number.NEGATIVE_INFINITY;

  let offersDue = false;
  let stepsDue = false;
  let outcomesDue = false;

  const countMoves = ({ left, returned, cooled, redrawn }: Moves): void => {
    meter.add('entries_total', { entry: 'left' }, left);
    meter.add('entries_total', { entry: 'returned' }, returned);
    meter.add('entries_total', { entry: 'cooled' }, cooled);
    meter.add('poll_rows_total', { rows: 'redrawn' }, redrawn);
  };

  const enter = async (first: Changes): Promise<Changes> => {
    let changes = first;
    for (let batch = 1; ; batch++) {
      offersDue ||= changes.offersDue;
      stepsDue ||= changes.stepsDue;
      outcomesDue ||= changes.outcomesDue;
      report.malformed(changes.malformed);
      meter.add('poll_rows_total', { rows: 'hot' }, changes.entering.length);
      meter.add('poll_rows_total', { rows: 'malformed' }, changes.malformed.length);
      const plan = planPoll(changes, policy);
      if (plan === null) return changes;
      const recorded = await polls.record(plan, policy);
      const { failed, redrawn: _, offersDue: due, ...summary } = recorded;
      offersDue ||= due;
      report.failed(failed);
      meter.add('poll_rows_total', { rows: 'failed' }, failed.length);
      meter.add('entries_total', { entry: 'opened' }, recorded.opened);
      meter.add('entries_total', { entry: 'joined' }, recorded.joined);
      countMoves(recorded);
      if (Object.values(summary).some((count) => count > 0)) log.info('poll', { ...summary });
      wake();
      if (!changes.more || batch === MAX_BATCHES) return changes;
      changes = await polls.changes(policy);
    }
  };

  const follow = async (): Promise<void> => {
    for (let step = 1; step <= MAX_BATCHES; step++) {
      const followed = await polls.follow(policy);
      const { more, redrawn, ...moves } = followed;
      countMoves(followed);
      const moved = Object.values(moves).some((count) => count > 0);
      if (moved) log.info('poll', { ...moves });
      if (moved || redrawn > 0) wake();
      if (!more) return;
    }
  };

  const measuredSweep = async (): Promise<SweepSummary> => {
    const summary = await measureRun(meter, 'sweep', clock, () => polls.sweep());
    meter.add('sweep_rows_total', { rows: 'found' }, summary.found);
    meter.add('sweep_rows_total', { rows: 'missing' }, summary.missing);
    meter.add('sweep_rows_total', { rows: 'believed' }, summary.believed);
    return summary;
  };

  /** Returns whether the sweep marked leads for a poll to look at. */
  const sweep = async (): Promise<boolean> => {
    const startedAt = clock.now();
    try {
      const { swept, found, missing, believed, ms, large } = await measuredSweep();
      if (large) {
        log.warn('very many leads are missing at once: waiting for the next sweep to confirm', {
          count: missing,
        });
      }
      if (found > 0 || believed > 0) log.info('sweep', { found, left: believed, ms });
      return swept && (found > 0 || believed > 0);
    } catch (error) {
      const now = clock.now();
      sweepFrom = now + Math.max(SWEEP_AGAIN_MS, 20 * (now - startedAt));
      log.warn('the sweep failed, a later one tries again', { error });
      return false;
    }
  };

  const poll = async (): Promise<void> => {
    let changes = await polls.changes(policy);
    // The first run posts the best leads first, so find them all before posting.
    for (let step = 1; changes.firstRun && !changes.swept && step <= MAX_BATCHES; step++) {
      const { swept } = await measuredSweep();
      if (!swept) return;
      changes = await polls.changes(policy);
    }
    changes = await enter(changes);
    if (changes.moved) await follow();
    if (!changes.sweepDue || clock.now() < sweepFrom) return;
    if (await sweep()) {
      await enter(await polls.changes(policy));
      await follow();
    }
  };

  return async () => {
    offersDue = false;
    stepsDue = false;
    outcomesDue = false;
    await poll();
    return { offersDue, stepsDue, outcomesDue };
  };
}

function createReport(log: Log, clock: Clock) {
  const isNews = createOnceAnHour(clock);
  return {
    malformed(rows: Changes['malformed']): void {
      for (const { developerId, setAside, problems } of rows) {
        const reason = problems.map((p) => `${p.field}: ${p.problem}`).join(', ');
        if (!isNews(developerId, reason)) continue;
        log.warn(
          setAside
            ? 'lead set aside: its row does not parse'
            : 'lead shown without the fields that do not parse',
          { developerId, fields: problems.map((p) => p.field), reason },
        );
      }
    },
    failed(rows: readonly { developerId: string; code: string }[]): void {
      for (const { developerId, code } of rows) {
        if (!isNews(developerId, code)) continue;
        log.warn('lead set aside: the database could not process it', {
          developerId,
          reason: code,
        });
      }
    },
  };
}
