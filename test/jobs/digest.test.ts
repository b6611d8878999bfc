import { TZDate } from '@date-fns/tz';
import { afterEach, expect, test, vi } from 'vitest';
import type { DigestRequest } from '../../src/core/ports.ts';
import { createDigestCheck, dueDigest } from '../../src/jobs/digest.ts';
import { memoryLog } from '../support/memory-log.ts';

const HOUR = 3_600_000;

const dueDigestDate = (schedule: string, zone: string, now: Date): string | null =>
  dueDigest(schedule, zone, now)?.localDate ?? null;

/** A zone, and the days of a year on which its clocks change. */
const CHANGES: readonly (readonly [zone: string, ...days: string[]])[] = [
  ['America/New_York', '2026-03-08', '2026-11-01'],
  ['Europe/Berlin', '2026-03-29', '2026-10-25'],
  ['Australia/Lord_Howe', '2026-04-05', '2026-10-04'],
  ['Pacific/Chatham', '2026-04-05', '2026-09-27'],
  ['America/Havana', '2026-03-08', '2026-11-01'],
  ['America/Santiago', '2026-04-05', '2026-09-06'],
  ['Asia/Beirut', '2026-03-29', '2026-10-25'],
  ['Africa/Cairo', '2026-04-24', '2026-10-30'],
  ['Atlantic/Azores', '2026-03-29', '2026-10-25'],
  ['America/Scoresbysund', '2026-03-29', '2026-10-25'],
  ['America/St_Johns', '2026-03-08', '2026-11-01'],
  ['America/Asuncion', '2026-03-22', '2026-10-04'],
  ['Africa/Casablanca', '2026-02-15', '2026-03-22'],
];

test.each(CHANGES.flatMap(([zone, ...days]) => days.map((day) => [zone, day])))(
  'in %s a digest is due exactly once on %s, when the clocks change',
  (zone, day) => {
    const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
    const midnight = new TZDate(year, month - 1, date, zone).getTime();
    for (const hour of [0, 2]) {
      const asked: string[] = [];
      for (let at = midnight - HOUR; at <= midnight + 24 * HOUR; at += HOUR) {
        const due = dueDigestDate(`15 ${hour} * * *`, zone, new Date(at));
        if (due !== null && due !== asked.at(-1)) asked.push(due);
      }
      expect(
        asked.filter((due) => due === day),
        `at ${hour}:15`,
      ).toEqual([day]);
      expect(new Set(asked).size, `at ${hour}:15`).toBe(asked.length);
    }
  },
);

test.each([
  ['the minute before', '2026-03-02T07:59:59Z', null],
  ['the very minute', '2026-03-02T08:00:00Z', '2026-03-02'],
  ['the end of that minute', '2026-03-02T08:00:59.999Z', '2026-03-02'],
  ['five hours later', '2026-03-02T13:00:00Z', '2026-03-02'],
  ['six hours later', '2026-03-02T14:00:59Z', '2026-03-02'],
  ['a minute more than six hours later', '2026-03-02T14:01:00Z', null],
  ['the evening', '2026-03-02T20:00:00Z', null],
])('a digest of nine o’clock in Berlin, asked for at %s', (_, now, expected) => {
  expect(dueDigestDate('0 9 * * 1-5', 'Europe/Berlin', new Date(now))).toBe(expected);
});

test('a digest caught up after midnight is still the one of the day before', () => {
  expect(dueDigestDate('0 22 * * *', 'Europe/Berlin', new Date('2026-03-03T01:00:00Z'))).toBe(
    '2026-03-02',
  );
});

test.each([
  ['2026-03-06', '2026-03-06'],
  ['2026-03-07', null],
  ['2026-03-08', null],
  ['2026-03-09', '2026-03-09'],
])('on %s a digest for weekdays is due: %s', (day, expected) => {
  expect(dueDigestDate('0 9 * * 1-5', 'UTC', new Date(`${day}T10:00:00Z`))).toBe(expected);
});

test('the weekday is the one of the time zone', () => {
  const mondayInAuckland = new Date('2026-03-01T20:30:00Z');
  expect(dueDigestDate('0 9 * * 1', 'Pacific/Auckland', mondayInAuckland)).toBe('2026-03-02');
  expect(dueDigestDate('0 9 * * 0', 'Pacific/Auckland', mondayInAuckland)).toBeNull();
});

test('a time that the change to summer time skips is due when the clock has passed it', () => {
  const due = (now: string) => dueDigestDate('30 2 * * *', 'Europe/Berlin', new Date(now));
  expect(due('2026-03-29T00:59:00Z')).toBeNull();
  expect(due('2026-03-29T01:00:00Z')).toBe('2026-03-29');
});

test('a schedule with seconds is due in its minute', () => {
  for (const schedule of ['0 0 9 * * *', '30 0 9 * * *', '59 0 9 * * *']) {
    expect(dueDigestDate(schedule, 'UTC', new Date('2026-03-02T09:00:00Z')), schedule).toBe(
      '2026-03-02',
    );
    expect(dueDigestDate(schedule, 'UTC', new Date('2026-03-02T08:59:00Z')), schedule).toBeNull();
  }
});

test('a schedule may be written with more spaces than it needs', () => {
  const now = new Date('2026-03-02T09:00:00Z');
  expect(dueDigestDate('  0   9 * *  1-5 ', 'UTC', now)).toBe('2026-03-02');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(['America/New_York', 'Asia/Tokyo'])(
  'on a machine whose clock is set to %s a digest is due by the zone of the bot',
  (machine) => {
    vi.stubEnv('TZ', machine);
    const due = (now: string) => dueDigest('5 9 * * *', 'Europe/Berlin', new Date(now));
    expect(due('2026-03-02T08:04:59Z')).toBeNull();
    expect(due('2026-03-02T08:05:00Z')).toEqual({
      localDate: '2026-03-02',
      at: new Date('2026-03-02T08:05:00Z'),
    });
  },
);

function digestCheck(request: (channel: string, date: string) => Promise<DigestRequest>) {
  const log = memoryLog();
  let wakes = 0;
  const asked: string[] = [];
  const check = createDigestCheck({
    digests: {
      request(channel, date) {
        asked.push(`${channel} ${date}`);
        return request(channel, date);
      },
    },
    channel: 'C0DIGEST',
    schedule: '0 9 * * *',
    timeZone: 'UTC',
    log,
    wake: () => {
      wakes += 1;
    },
  });
  return { check, asked, log, wakes: () => wakes };
}

test('a due digest is requested once, for its channel and date, and wakes the deliverer', async () => {
  const { check, asked, log, wakes } = digestCheck(async () => 'made');
  await check(new Date('2026-03-02T08:59:00Z'));
  expect(asked).toEqual([]);
  for (const minute of ['09:00', '09:01', '14:59'])
    await check(new Date(`2026-03-02T${minute}:00Z`));
  expect(asked).toEqual(['C0DIGEST 2026-03-02']);
  expect(wakes()).toBe(1);
  expect(log.lines).toMatchObject([{ event: 'digest', localDate: '2026-03-02' }]);
});

test('a digest that another replica has made is nothing to wake for', async () => {
  const { check, asked, wakes } = digestCheck(async () => 'exists');
  await check(new Date('2026-03-02T09:00:00Z'));
  await check(new Date('2026-03-02T09:01:00Z'));
  expect(asked).toHaveLength(1);
  expect(wakes()).toBe(0);
});

test.each(['0 9 * * *', '0 9 * * 1-5'])('a digest of %s was due in its minute', (schedule) => {
  const due = (now: string) => dueDigest(schedule, 'Europe/Berlin', new Date(now))?.at;
  for (const now of ['08:00:00.000', '08:00:59.999', '11:30:20.000']) {
    expect(due(`2026-03-02T${now}Z`)).toEqual(new Date('2026-03-02T08:00:00Z'));
  }
});

test.each(['before-first-poll', 'too-early'] as const)(
  'what was %s is asked for again, since another time of the day may be due later',
  async (answer) => {
    const { check, asked, wakes } = digestCheck(async () => answer);
    await check(new Date('2026-03-02T09:00:00Z'));
    await check(new Date('2026-03-02T09:01:00Z'));
    expect(asked).toHaveLength(2);
    expect(wakes()).toBe(0);
  },
);

test('a request that fails is made again at the next check', async () => {
  let away = true;
  const { check, asked, wakes } = digestCheck(async () => {
    if (away) throw new Error('the database is away');
    return 'made';
  });
  await expect(check(new Date('2026-03-02T09:00:00Z'))).rejects.toThrow('away');
  away = false;
  await check(new Date('2026-03-02T09:01:00Z'));
  expect(asked).toHaveLength(2);
  expect(wakes()).toBe(1);
});

test('every day has a digest of its own', async () => {
  const { check, asked } = digestCheck(async () => 'made');
  for (const day of ['02', '03', '04']) await check(new Date(`2026-03-${day}T09:30:00Z`));
  expect(asked).toEqual(['C0DIGEST 2026-03-02', 'C0DIGEST 2026-03-03', 'C0DIGEST 2026-03-04']);
});
