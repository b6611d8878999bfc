import { schedule } from 'node-cron';
import type { Log } from '../ops/log.ts';

export interface Jobs {
  poll: () => Promise<void>;
  checkDigest: (now: Date) => Promise<void>;
}

export interface ScheduleSettings {
  pollSchedule: string;
  timeZone: string;
}

export interface RunningJobs {
  /** When the last poll succeeded; null before the first. */
  lastPollAt(): Date | null;
  /** Starts nothing more and waits for what runs. */
  stop(): Promise<void>;
}

/**
 * Runs every job at once and then by the clock. The clock only wakes: whether there is anything to
 * do is decided by rows, so a missed or doubled tick changes nothing.
 */
export function startJobs(jobs: Jobs, settings: ScheduleSettings, log: Log): RunningJobs {
  let lastPollAt: Date | null = null;
  const running = new Set<Promise<void>>();
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
    lastPollAt = new Date();
  });
  const digest = guarded('digest', () => jobs.checkDigest(new Date()));

  const options = { timezone: settings.timeZone, suppressMissedWarning: true };
  const tasks = [
    schedule(settings.pollSchedule, poll, { ...options, name: 'poll' }),
    schedule('* * * * *', digest, { ...options, name: 'digest' }),
  ];
  // A digest that is caught up at the start lists what the first poll has found.
  void poll().then(digest);

  return {
    lastPollAt: () => lastPollAt,
    async stop() {
      stopped = true;
      for (const task of tasks) await task.destroy();
      await Promise.all(running);
    },
  };
}
