import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JobName } from '../../src/core/metrics.ts';
import { type Jobs, startJobs } from '../../src/jobs/schedule.ts';
import { memoryLog } from '../support/memory-log.ts';
import { memoryMeter } from '../support/memory-meter.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const NOTHING_DUE = { offersDue: false, stepsDue: false, outcomesDue: false };

/** Jobs started at this time. `database.away` makes polls fail. */
async function jobsFrom(
  pollSchedule: string,
  start: string,
  {
    away = false,
    timeZone = 'UTC',
    ...others
  }: Partial<Jobs> & { away?: boolean; timeZone?: string } = {},
) {
  vi.setSystemTime(start);
  const database = { away };
  const log = memoryLog();
  const meter = memoryMeter();
  let polled = 0;
  const poll = async () => {
    polled += 1;
    if (database.away) throw new Error('the database is away');
    return NOTHING_DUE;
  };
  let tidied = 0;
  const tidy = async () => {
    tidied += 1;
    return false;
  };
  const jobs = startJobs(
    {
      poll,
      offer: async () => {},
      takeSteps: async () => {},
      sendOutcomes: null,
      tellMornings: async () => {},
      checkDigest: async () => {},
      tidy,
      watchChannels: async () => {},
      checkUp: async () => {},
      ...others,
    },
    { pollSchedule, timeZone },
    log,
    meter,
  );
  await vi.advanceTimersByTimeAsync(0);
  return { jobs, database, log, meter, tidied: () => tidied, polls: () => polled };
}

const FRIDAY_1630 = '2026-03-06T16:30:00Z';

test.each([
  ['every ten seconds', '*/10 * * * * *', '2026-03-06T16:31:00Z', '2026-03-06T16:31:01Z'],
  ['every five minutes', '*/5 * * * *', '2026-03-06T16:40:00Z', '2026-03-06T16:40:01Z'],
  ['every hour', '0 * * * *', '2026-03-06T18:00:00Z', '2026-03-06T18:00:01Z'],
  ['in working hours', '0 9-17 * * 1-5', '2026-03-09T09:00:00Z', '2026-03-09T09:00:01Z'],
])(
  'a poll %s is stale after a minute and two turns without a success',
  async (_, schedule, fresh, stale) => {
    const { jobs, meter } = await jobsFrom(schedule, FRIDAY_1630);
    expect(meter.lines).toContain(`poll_due_timestamp_seconds ${Date.parse(fresh) / 1_000}`);
    expect(jobs.pollIsStale(new Date(fresh))).toBe(false);
    expect(jobs.pollIsStale(new Date(stale))).toBe(true);
    await jobs.stop();
  },
);

test('a poll is stale before its first success', async () => {
  const { jobs } = await jobsFrom('0 * * * *', FRIDAY_1630, { away: true });
  expect(jobs.pollIsStale(new Date())).toBe(true);
  await jobs.stop();
});

test('failing polls go stale, and the first success makes them fresh', async () => {
  const { jobs, database, log } = await jobsFrom('*/10 * * * *', FRIDAY_1630);
  database.away = true;
  await vi.advanceTimersByTimeAsync(20 * 60_000 + 1_000);
  expect(log.lines.filter(({ event }) => event.startsWith('poll failed'))).toHaveLength(2);
  expect(jobs.pollIsStale(new Date())).toBe(true);
  database.away = false;
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(jobs.pollIsStale(new Date())).toBe(false);
  await jobs.stop();
});

test('checks the database after the first poll and then every minute', async () => {
  let looks = 0;
  const checkUp = async () => {
    looks += 1;
  };
  const { jobs } = await jobsFrom('0 * * * *', FRIDAY_1630, { checkUp });
  expect(looks).toBe(1);
  await vi.advanceTimersByTimeAsync(3 * 60_000);
  expect(looks).toBe(4);
  await jobs.stop();
});

test('deletes expired data at the start and then every hour', async () => {
  const { jobs, tidied } = await jobsFrom('0 * * * *', FRIDAY_1630);
  expect(tidied()).toBe(1);
  await vi.advanceTimersByTimeAsync(3 * 3_600_000);
  expect(tidied()).toBe(4);
  await jobs.stop();
});

test('while there is more to delete, the next step follows after a pause', async () => {
  let left = 3;
  const { jobs } = await jobsFrom('0 * * * *', FRIDAY_1630, {
    async tidy() {
      left -= 1;
      return left > 0;
    },
  });
  expect(left).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(left).toBe(0);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(left).toBe(0);
  await jobs.stop();
});

test('stops deleting until the next hour when there is no end to it', async () => {
  let steps = 0;
  const { jobs } = await jobsFrom('0 * * * *', FRIDAY_1630, {
    async tidy() {
      steps += 1;
      return true;
    },
  });
  await vi.advanceTimersByTimeAsync(50 * 60_000);
  expect(steps).toBe(1_000);
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(steps).toBe(2_000);
  await jobs.stop();
});

test('a stop does not wait for the remaining deletions', async () => {
  let steps = 0;
  const { jobs } = await jobsFrom('0 * * * *', FRIDAY_1630, {
    async tidy() {
      steps += 1;
      return true;
    },
  });
  await jobs.stop();
  expect(steps).toBe(1);
});

test('keeps polling when the clock is set back, and goes stale by the new clock', async () => {
  const { jobs, log, polls } = await jobsFrom('*/10 * * * * *', FRIDAY_1630);
  await vi.advanceTimersByTimeAsync(10_000);
  vi.setSystemTime('2026-03-06T16:20:00Z');
  expect(polls()).toBe(2);
  await vi.advanceTimersByTimeAsync(21_000);
  expect(polls()).toBe(4);
  expect(log.lines).toMatchObject([{ event: 'the clock was set back' }]);
  expect(jobs.pollIsStale(new Date('2026-03-06T16:22:00Z'))).toBe(true);
  await jobs.stop();
});

test('a success keeps its age when the clock is set back', async () => {
  const { jobs, log } = await jobsFrom('*/10 * * * *', FRIDAY_1630);
  vi.setSystemTime('2026-03-06T16:20:00Z');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(log.lines).toMatchObject([{ level: 'warn', ms: 600_000 }]);
  expect(jobs.pollIsStale(new Date('2026-03-06T16:39:59Z'))).toBe(false);
  expect(jobs.pollIsStale(new Date('2026-03-06T16:40:01Z'))).toBe(true);
  await jobs.stop();
});

test('polls never overlap, and the turn after a slow one polls', async () => {
  let polls = 0;
  const slow = Promise.withResolvers<void>();
  const { jobs } = await jobsFrom('*/10 * * * * *', FRIDAY_1630, {
    async poll() {
      polls += 1;
      await slow.promise;
      return NOTHING_DUE;
    },
  });
  await vi.advanceTimersByTimeAsync(35_000);
  expect(polls).toBe(1);
  slow.resolve();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(polls).toBe(2);
  await jobs.stop();
});

test('choosing for an offer delays no poll, and runs once at a time', async () => {
  let polls = 0;
  let chosen = 0;
  const slow = Promise.withResolvers<void>();
  const { jobs } = await jobsFrom('*/10 * * * * *', FRIDAY_1630, {
    async poll() {
      polls += 1;
      return { offersDue: true, stepsDue: false, outcomesDue: false };
    },
    async offer() {
      chosen += 1;
      await slow.promise;
    },
  });
  await vi.advanceTimersByTimeAsync(35_000);
  expect([polls, chosen]).toEqual([4, 1]);
  slow.resolve();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([polls, chosen]).toEqual([5, 2]);
  await jobs.stop();
});

test('takes steps when a poll says that some are due, which delays no poll, once at a time', async () => {
  let polls = 0;
  let runs = 0;
  const slow = Promise.withResolvers<void>();
  const { jobs } = await jobsFrom('*/10 * * * * *', FRIDAY_1630, {
    async poll() {
      polls += 1;
      return { offersDue: false, stepsDue: polls < 6, outcomesDue: false };
    },
    async takeSteps() {
      runs += 1;
      await slow.promise;
    },
  });
  await vi.advanceTimersByTimeAsync(35_000);
  expect([polls, runs]).toEqual([4, 1]);
  slow.resolve();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([polls, runs]).toEqual([10, 2]);
  await jobs.stop();
});

test('sends webhooks at the start, hourly and when a poll says that some are due, which delays no poll, once at a time', async () => {
  let polls = 0;
  let runs = 0;
  const slow = Promise.withResolvers<void>();
  const { jobs } = await jobsFrom('*/10 * * * * *', FRIDAY_1630, {
    async poll() {
      polls += 1;
      return { ...NOTHING_DUE, outcomesDue: polls === 2 || polls === 6 };
    },
    async sendOutcomes() {
      runs += 1;
      await slow.promise;
    },
  });
  expect(runs).toBe(1);
  await vi.advanceTimersByTimeAsync(35_000);
  expect([polls, runs]).toEqual([4, 1]);
  slow.resolve();
  await vi.advanceTimersByTimeAsync(20_000);
  expect([polls, runs]).toEqual([6, 2]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(runs).toBe(3);
  await jobs.stop();
});

test('a stop tells the sending of webhooks to end, and waits for it', async () => {
  let told = false;
  const { jobs } = await jobsFrom('0 * * * *', FRIDAY_1630, {
    sendOutcomes: (stopping) =>
      new Promise((resolve) => {
        stopping.addEventListener('abort', () => {
          told = true;
          resolve();
        });
      }),
  });
  await jobs.stop();
  expect(told).toBe(true);
});

test('looks whose morning it is after the first poll and then every five minutes', async () => {
  const told: string[] = [];
  const { jobs } = await jobsFrom('0 * * * *', FRIDAY_1630, {
    async poll() {
      told.push('poll');
      return NOTHING_DUE;
    },
    async tellMornings() {
      told.push(new Date().toISOString().slice(11, 19));
    },
  });
  await vi.advanceTimersByTimeAsync(11 * 60_000);
  expect(told).toEqual(['poll', '16:30:00', '16:30:05', '16:35:05', '16:40:05']);
  await jobs.stop();
});

test('chooses nothing when a poll says that nothing is due', async () => {
  let chosen = 0;
  const { jobs } = await jobsFrom('*/10 * * * * *', FRIDAY_1630, {
    async offer() {
      chosen += 1;
    },
  });
  await vi.advanceTimersByTimeAsync(35_000);
  expect(chosen).toBe(0);
  await jobs.stop();
});

test('a stop waits for running jobs, and nothing starts after it', async () => {
  let polls = 0;
  const slow = Promise.withResolvers<void>();
  const { jobs, tidied } = await jobsFrom('*/10 * * * * *', FRIDAY_1630, {
    async poll() {
      polls += 1;
      await slow.promise;
      return NOTHING_DUE;
    },
  });
  let over = false;
  const stopped = jobs.stop().then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect([over, polls]).toEqual([false, 1]);
  slow.resolve();
  await stopped;
  await vi.advanceTimersByTimeAsync(2 * 3_600_000);
  expect([polls, tidied()]).toEqual([1, 0]);
});

test('checks for a due digest after the first poll and then every minute', async () => {
  const asked: string[] = [];
  const { jobs } = await jobsFrom('0 * * * *', FRIDAY_1630, {
    async poll() {
      asked.push('poll');
      return NOTHING_DUE;
    },
    async checkDigest(now) {
      asked.push(now.toISOString());
    },
  });
  await vi.advanceTimersByTimeAsync(2 * 60_000);
  expect(asked).toEqual([
    'poll',
    '2026-03-06T16:30:00.000Z',
    '2026-03-06T16:31:00.000Z',
    '2026-03-06T16:32:00.000Z',
  ]);
  await jobs.stop();
});

test('polls by the configured time zone', async () => {
  const { jobs, polls } = await jobsFrom('0 18 * * *', FRIDAY_1630, { timeZone: 'Europe/Berlin' });
  await vi.advanceTimersByTimeAsync(29 * 60_000);
  expect(polls()).toBe(1);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(polls()).toBe(2);
  await jobs.stop();
});

test('logs a failed job with its error, and the other jobs go on', async () => {
  const { jobs, log, tidied } = await jobsFrom('0 * * * *', FRIDAY_1630, {
    checkDigest: () => Promise.reject(new Error('the database is away')),
  });
  expect(log.lines).toMatchObject([
    { level: 'warn', event: expect.stringContaining('digest'), error: expect.any(Error) },
  ]);
  expect(tidied()).toBe(1);
  await jobs.stop();
});

test.each<[string, JobName, Partial<Jobs>]>([
  ['the offers', 'offers', { offer: () => Promise.reject(new Error('no')) }],
  ['the steps', 'steps', { takeSteps: () => Promise.reject(new Error('no')) }],
  ['sending webhooks', 'webhooks', { sendOutcomes: () => Promise.reject(new Error('no')) }],
  ['poll', 'poll', { poll: () => Promise.reject(new Error('no')) }],
  ['the digest check', 'digest', { checkDigest: () => Promise.reject(new Error('no')) }],
  ['cleanup', 'cleanup', { tidy: () => Promise.reject(new Error('no')) }],
  ['the morning messages', 'mornings', { tellMornings: () => Promise.reject(new Error('no')) }],
  ['the channel check', 'channels', { watchChannels: () => Promise.reject(new Error('no')) }],
  ['the database check', 'checkup', { checkUp: () => Promise.reject(new Error('no')) }],
])('a failure of %s is logged by that name, and counted for %s', async (name, job, failing) => {
  const poll = async () => ({ ...NOTHING_DUE, offersDue: true, stepsDue: true });
  const { jobs, log, meter } = await jobsFrom('0 * * * *', FRIDAY_1630, { poll, ...failing });
  expect(log.lines).toMatchObject([{ event: `${name} failed, the next one tries again` }]);
  expect(meter.lines.filter((line) => line.startsWith('job_failures_total'))).toEqual([
    `job_failures_total ${job} 1`,
  ]);
  await jobs.stop();
});

test('a clock that runs says nothing, however long the machine has been up', async () => {
  await vi.advanceTimersByTimeAsync(3_600_000);
  const { jobs, log } = await jobsFrom('0 * * * *', FRIDAY_1630);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(log.lines).toEqual([]);
  await jobs.stop();
});

test.each([
  [999, 0],
  [1_000, 1],
])('a clock set back by %i ms is logged %i times', async (ms, times) => {
  const { jobs, log } = await jobsFrom('0 * * * *', FRIDAY_1630);
  vi.setSystemTime(Date.now() - ms);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(log.lines).toHaveLength(times);
  await jobs.stop();
});

test('turns missed while the machine slept are not logged', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { jobs } = await jobsFrom('*/10 * * * * *', FRIDAY_1630, { sendOutcomes: async () => {} });
  vi.setSystemTime('2026-03-06T18:30:00Z');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
  await jobs.stop();
});

test('nobody looks at the clock after a stop', async () => {
  const { jobs, log } = await jobsFrom('0 * * * *', FRIDAY_1630);
  await jobs.stop();
  vi.setSystemTime('2026-03-06T16:20:00Z');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(log.lines).toEqual([]);
});
