import { schedule } from 'node-cron';
import type { Log } from '../ops/log.ts';
import { systemClock } from './clock.ts';

export interface Jobs {
  poll: () => Promise<void>;
  checkDigest: (now: Date) => Promise<void>;
  /** One step of deleting what nobody needs any more; true when there is more to delete. */
  tidy: () => Promise<boolean>;
  /** Looks whether a channel has been shared with other organisations. */
  watchChannels: () => Promise<void>;
  /** Looks at what the bot stands on in the database. */
  checkUp: () => Promise<void>;
}

export interface ScheduleSettings {
  pollSchedule: string;
  timeZone: string;
}

export interface RunningJobs {
  /** Whether polls fail: none has succeeded for a minute, nor in the last two turns of the schedule. */
  pollIsStale(now: Date): boolean;
  /** Starts nothing more and waits for what runs. */
  stop(): Promise<void>;
}

/** However fast the schedule is, a short trouble at the database does not make the bot unready. */
const MIN_STALE_MS = 60_000;

/** A step takes some 20 ms: others come first, and two years of history are gone within a few hours. */
const TIDY_PAUSE_MS = 100;
const MAX_TIDY_STEPS = 1_000;

const CLOCK_CHECK_MS = 1_000;
/** Setting a clock back by less than this is no more than a late poll. */
const SET_BACK_MS = 1_000;

/**
 * Runs every job at once and then by the clock. The clock only wakes: whether there is anything to
 * do is decided by rows, so a missed or doubled tick changes nothing.
 */
export function startJobs(jobs: Jobs, settings: ScheduleSettings, log: Log): RunningJobs {
  let freshUntil: Date | null = null;
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let stopped = false;

  const guarded = (name: string, job: () => Promise<void>): (() => Promise<void>) => {
    let current: Promise<void> | null = null;
    return async () => {
      if (stopped || current !== null) return current ?? undefined;
      current = job()
        .catch((error: unknown) => log.warn(`${name} failed, the next one tries again`, { error }))
        .finally(() => {
          running.delete(work);
          current = null;
        });
      const work = current;
      running.add(work);
      return work;
    };
  };

  const poll = guarded('poll', async () => {
    await jobs.poll();
    // Counted in turns and not in time: a schedule of working hours rests for a whole weekend.
    const [, secondTurn] = pollTask.getNextRuns(2);
    freshUntil = new Date(Math.max(Date.now() + MIN_STALE_MS, secondTurn?.getTime() ?? 0));
  });
  const digest = guarded('digest', () => jobs.checkDigest(new Date()));
  const tidy = guarded('tidying up', async () => {
    for (let step = 1; (await jobs.tidy()) && step < MAX_TIDY_STEPS; step++) {
      await systemClock.sleep(TIDY_PAUSE_MS, stopping.signal);
      if (stopped) return;
    }
  });
  const watch = guarded('looking who reads along', jobs.watchChannels);
  const checkUp = guarded('looking at the database', jobs.checkUp);

  const options = { timezone: settings.timeZone, suppressMissedWarning: true };
  const pollTask = schedule(settings.pollSchedule, poll, { ...options, name: 'poll' });
  const digestTask = schedule('* * * * *', digest, { ...options, name: 'digest' });
  // Between the hours and minutes at which polls and digests tend to be due.
  const tidyTask = schedule('30 30 * * * *', tidy, { ...options, name: 'tidy' });
  const watchTask = schedule('45 */5 * * * *', watch, { ...options, name: 'channels' });
  const checkUpTask = schedule('15 * * * * *', checkUp, { ...options, name: 'check-up' });
  const tasks = [pollTask, digestTask, tidyTask, watchTask, checkUpTask];

  // node-cron sleeps until an instant of the wall clock: set back by ten minutes, it would sleep as long.
  let offset = Date.now() - performance.now();
  const clockCheck = setInterval(() => {
    const before = offset;
    offset = Date.now() - performance.now();
    const setBackMs = Math.round(before - offset);
    if (setBackMs < SET_BACK_MS) return;
    log.warn('the clock was set back', { ms: setBackMs });
    if (freshUntil !== null) freshUntil = new Date(freshUntil.getTime() - setBackMs);
    for (const task of tasks) {
      void Promise.resolve(task.stop()).then(() => (stopped ? undefined : task.start()));
    }
  }, CLOCK_CHECK_MS);

  // A digest that is caught up at the start lists what the first poll has found.
  void watch();
  void poll().then(digest).then(tidy).then(checkUp);

  return {
    pollIsStale: (now) => freshUntil === null || now > freshUntil,
    async stop() {
      stopped = true;
      stopping.abort();
      clearInterval(clockCheck);
      for (const task of tasks) await task.destroy();
      await Promise.all(running);
    },
  };
}
