import { schedule } from 'node-cron';
import type { JobName } from '../core/metrics.ts';
import type { Meter } from '../core/ports.ts';
import { silentMeter } from '../core/silent-meter.ts';
import type { Log } from '../ops/log.ts';
import { systemClock } from './clock.ts';
import { measureRun } from './measure-run.ts';
import type { PollResult } from './poll.ts';

export interface Jobs {
  poll: () => Promise<PollResult>;
  /** Chooses who gets first call. It asks Slack, so it may take long. */
  offer: () => Promise<void>;
  /** Does what the bot does by itself about open alerts. It asks Slack, too. */
  takeSteps: () => Promise<void>;
  /** Sends what became of alerts as webhooks; null if nobody takes them. A stop lets it finish what it has begun. */
  sendOutcomes: ((stopping: AbortSignal) => Promise<void>) | null;
  /** Tells AEs what they have to do today. */
  tellMornings: () => Promise<void>;
  checkDigest: (now: Date) => Promise<void>;
  /** One step of cleaning up expired data; returns whether there is more. */
  tidy: () => Promise<boolean>;
  /** Checks whether any channel has become shared with other organizations. */
  watchChannels: () => Promise<void>;
  /** Checks the database objects that the bot depends on. */
  checkUp: () => Promise<void>;
}

export interface ScheduleSettings {
  pollSchedule: string;
  timeZone: string;
}

export interface RunningJobs {
  /** True when no poll has succeeded for a minute and for two turns of the schedule. */
  pollIsStale(now: Date): boolean;
  /** Starts no more jobs and waits for running ones. */
  stop(): Promise<void>;
}

/** So a short database outage doesn't make the bot unready, however fast the schedule. */
const MIN_STALE_MS = 60_000;

/** A step takes some 20 ms. The pause lets other work go first; two years of history take a few hours. */
const TIDY_PAUSE_MS = 100;
const MAX_TIDY_STEPS = 1_000;

const CLOCK_CHECK_MS = 1_000;
/** A smaller step back only delays a poll. */
const SET_BACK_MS = 1_000;

/**
 * Runs every job at once and then on its schedule. Rows decide whether there is anything to do, so missed or
 * doubled ticks are harmless.
 */
export function startJobs(
  jobs: Jobs,
  settings: ScheduleSettings,
  log: Log,
  meter: Meter = silentMeter,
): RunningJobs {
  let freshUntil = 0;
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let stopped = false;

  const withoutOverlap = (
    kind: JobName,
    name: string,
    job: () => Promise<void>,
  ): (() => Promise<void>) => {
    return async () => {
      if (stopped || running.has(name)) return;
      const work = measureRun(meter, kind, systemClock, job)
        .catch((error: unknown) => log.warn(`${name} failed, the next one tries again`, { error }))
        .finally(() => running.delete(name));
      running.set(name, work);
      await work;
    };
  };

  const offer = withoutOverlap('offers', 'the offers', jobs.offer);
  const takeSteps = withoutOverlap('steps', 'the steps', jobs.takeSteps);
  const send = jobs.sendOutcomes;
  const sendOutcomes =
    send && withoutOverlap('webhooks', 'sending webhooks', () => send(stopping.signal));
  const poll = withoutOverlap('poll', 'poll', async () => {
    const { offersDue, stepsDue, outcomesDue } = await jobs.poll();
    // Not awaited: neither Slack nor a receiver of webhooks delays the next poll.
    if (offersDue) void offer();
    if (stepsDue) void takeSteps();
    if (outcomesDue) void sendOutcomes?.();
    // In turns rather than time: a working-hours schedule pauses for the whole weekend.
    freshUntil = Math.max(Date.now() + MIN_STALE_MS, ...pollTask.getNextRuns(2).map(Number));
    meter.set('poll_due_timestamp_seconds', {}, freshUntil / 1_000);
  });
  const digest = withoutOverlap('digest', 'the digest check', () => jobs.checkDigest(new Date()));
  const tidy = withoutOverlap('cleanup', 'cleanup', async () => {
    for (let step = 1; (await jobs.tidy()) && step < MAX_TIDY_STEPS; step++) {
      await systemClock.sleep(TIDY_PAUSE_MS, stopping.signal);
      if (stopped) return;
    }
  });
  const tellMornings = withoutOverlap('mornings', 'the morning messages', jobs.tellMornings);
  const watch = withoutOverlap('channels', 'the channel check', jobs.watchChannels);
  const checkUp = withoutOverlap('checkup', 'the database check', jobs.checkUp);

  const options = { timezone: settings.timeZone, suppressMissedWarning: true };
  const pollTask = schedule(settings.pollSchedule, poll, options);
  const digestTask = schedule('* * * * *', digest, options);
  // Off the full minutes, when polls and digests tend to be due.
  const tidyTask = schedule('30 30 * * * *', tidy, options);
  const morningTask = schedule('5 */5 * * * *', tellMornings, options);
  const watchTask = schedule('45 */5 * * * *', watch, options);
  const checkUpTask = schedule('15 * * * * *', checkUp, options);
  const tasks = [pollTask, digestTask, morningTask, tidyTask, watchTask, checkUpTask];
  if (sendOutcomes !== null) {
    // Even with nothing to send: while a bot asks, the database keeps the events.
    tasks.push(schedule('55 20 * * * *', sendOutcomes, { ...options, name: 'webhooks' }));
    void sendOutcomes();
  }

  // node-cron sleeps until a wall-clock instant, so a clock set back by ten minutes would delay it by ten minutes.
  let offset = Date.now() - performance.now();
  const clockCheck = setInterval(() => {
    const before = offset;
    offset = Date.now() - performance.now();
    const setBackMs = Math.round(before - offset);
    if (setBackMs < SET_BACK_MS) return;
    log.warn('the clock was set back', { ms: setBackMs });
    freshUntil -= setBackMs;
    for (const task of tasks) {
      void Promise.resolve(task.stop()).then(() => (stopped ? undefined : task.start()));
    }
  }, CLOCK_CHECK_MS);

  // A digest caught up at startup should list what the first poll found.
  void watch();
  void poll().then(digest).then(tellMornings).then(tidy).then(checkUp);

  return {
    pollIsStale: (now) => now.getTime() > freshUntil,
    async stop() {
      stopped = true;
      stopping.abort();
      clearInterval(clockCheck);
      for (const task of tasks) await task.destroy();
      await Promise.all(running.values());
    },
  };
}
