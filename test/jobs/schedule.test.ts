import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startJobs } from '../../src/jobs/schedule.ts';
import { memoryLog } from '../support/memory-log.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Jobs that start at a time. `database.away` makes polls fail. */
async function jobsFrom(pollSchedule: string, start: string, away = false) {
  vi.setSystemTime(start);
  const database = { away };
  const log = memoryLog();
  let polled = 0;
  const poll = async () => {
    polled += 1;
    if (database.away) throw new Error('the database is away');
  };
  let tidied = 0;
  const tidy = async () => {
    tidied += 1;
  };
  const jobs = startJobs(
    { poll, checkDigest: async () => {}, tidy, watchChannels: async () => {} },
    { pollSchedule, timeZone: 'UTC' },
    log,
  );
  await vi.advanceTimersByTimeAsync(0);
  return { jobs, database, log, tidied: () => tidied, polls: () => polled };
}

const FRIDAY_1630 = '2026-03-06T16:30:00Z';

test.each([
  ['every ten seconds', '*/10 * * * * *', '2026-03-06T16:30:59Z', '2026-03-06T16:31:01Z'],
  ['every five minutes', '*/5 * * * *', '2026-03-06T16:39:59Z', '2026-03-06T16:40:01Z'],
  ['every hour', '0 * * * *', '2026-03-06T17:59:59Z', '2026-03-06T18:00:01Z'],
  ['in working hours', '0 9-17 * * 1-5', '2026-03-09T08:59:59Z', '2026-03-09T09:00:01Z'],
])(
  'a poll %s is stale after a minute and two turns without a success',
  async (_, schedule, fresh, stale) => {
    const { jobs } = await jobsFrom(schedule, FRIDAY_1630);
    expect(jobs.pollIsStale(new Date(fresh))).toBe(false);
    expect(jobs.pollIsStale(new Date(stale))).toBe(true);
    await jobs.stop();
  },
);

test('before its first success a poll is stale', async () => {
  const { jobs } = await jobsFrom('0 * * * *', FRIDAY_1630, true);
  expect(jobs.pollIsStale(new Date())).toBe(true);
  await jobs.stop();
});

test('polls that fail make stale, and the first one that succeeds makes fresh again', async () => {
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

test('what nobody needs any more is deleted at the start and once an hour', async () => {
  const { jobs, tidied } = await jobsFrom('0 * * * *', FRIDAY_1630);
  expect(tidied()).toBe(1);
  await vi.advanceTimersByTimeAsync(3 * 3_600_000);
  expect(tidied()).toBe(4);
  await jobs.stop();
});

test('polls go on when the clock is set back, and their success counts no longer for that', async () => {
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
