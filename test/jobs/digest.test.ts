import { afterEach, expect, test, vi } from 'vitest';
import type { DigestRequest } from '../../src/core/ports.ts';
import {
  createDigestCheck,
  describeNextDigests,
  dueDigest,
  nextDigests,
} from '../../src/jobs/digest.ts';
import { memoryLog } from '../support/memory-log.ts';

const dueDigestDate = (schedule: string, zone: string, now: Date): string | null =>
  dueDigest(schedule, zone, now)?.localDate ?? null;

test('a schedule with seconds is due in its minute', () => {
  for (const schedule of ['0 0 9 * * *', '30 0 9 * * *', '59 0 9 * * *']) {
    expect(dueDigestDate(schedule, 'UTC', new Date('2026-03-02T09:00:00Z')), schedule).toBe(
      '2026-03-02',
    );
    expect(dueDigestDate(schedule, 'UTC', new Date('2026-03-02T08:59:00Z')), schedule).toBeNull();
  }
});

test('accepts extra spaces in a schedule', () => {
  const now = new Date('2026-03-02T09:00:00Z');
  expect(dueDigestDate('  0   9 * *  1-5 ', 'UTC', now)).toBe('2026-03-02');
});

test('a check without a digest to send matches hours, and minutes only within one', () => {
  // What node-cron reads a time with, and what is slow about a match.
  const reads = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
  const checks = (schedule: string): number => {
    reads.mockClear();
    expect(dueDigestDate(schedule, 'UTC', new Date('2026-03-02T20:31:00Z'))).toBeNull();
    return reads.mock.calls.length;
  };
  expect(checks('0 9 * * 1-5')).toBeLessThanOrEqual(7);
  expect(checks('59 20 * * 1-5')).toBeLessThanOrEqual(7 + 32);
  reads.mockRestore();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(['America/New_York', 'Asia/Tokyo'])(
  "uses the bot's time zone on a machine set to %s",
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

test('requests a due digest once per channel and date, and wakes the deliverer', async () => {
  const { check, asked, log, wakes } = digestCheck(async () => 'made');
  for (const minute of ['09:00', '09:01', '14:59'])
    await check(new Date(`2026-03-02T${minute}:00Z`));
  expect(asked).toEqual(['C0DIGEST 2026-03-02']);
  expect(wakes()).toBe(1);
  expect(log.lines).toMatchObject([{ event: 'digest', localDate: '2026-03-02' }]);
});

test('does not wake the deliverer for a digest that another replica made', async () => {
  const { check, asked, wakes } = digestCheck(async () => 'exists');
  await check(new Date('2026-03-02T09:00:00Z'));
  await check(new Date('2026-03-02T09:01:00Z'));
  expect(asked).toHaveLength(1);
  expect(wakes()).toBe(0);
});

test('logs that a digest had nothing to say, and does not ask again', async () => {
  const { check, asked, log, wakes } = digestCheck(async () => 'nothing');
  await check(new Date('2026-03-02T09:00:00Z'));
  await check(new Date('2026-03-02T09:01:00Z'));
  expect(asked).toHaveLength(1);
  expect(log.lines).toMatchObject([
    {
      level: 'info',
      event: 'a digest had nothing to say',
      channel: 'C0DIGEST',
      localDate: '2026-03-02',
    },
  ]);
  expect(wakes()).toBe(0);
});

test.each(['0 9 * * *', '0 9 * * 1-5'])('a digest of %s stays due after its minute', (schedule) => {
  const due = (now: string) => dueDigest(schedule, 'Europe/Berlin', new Date(now))?.at;
  for (const now of ['08:00:00.000', '08:00:59.999', '11:30:20.000']) {
    expect(due(`2026-03-02T${now}Z`)).toEqual(new Date('2026-03-02T08:00:00Z'));
  }
});

test('a digest is due for six hours, and not a minute longer', () => {
  const due = (now: string) => dueDigest('0 9 * * *', 'UTC', new Date(`2026-03-02T${now}Z`))?.at;
  expect(due('15:00:59')).toEqual(new Date('2026-03-02T09:00:00Z'));
  expect(due('15:01:00')).toBeUndefined();
});

test.each(['before-first-poll', 'too-early'] as const)(
  'asks again after %s, since a later time of the day may be due',
  async (answer) => {
    const { check, asked, wakes } = digestCheck(async () => answer);
    await check(new Date('2026-03-02T09:00:00Z'));
    await check(new Date('2026-03-02T09:01:00Z'));
    expect(asked).toHaveLength(2);
    expect(wakes()).toBe(0);
  },
);

test('looks a day back on startup, and reports a missed digest once', async () => {
  const { check, asked, log, wakes } = digestCheck(async () => 'too-late');
  await check(new Date('2026-03-02T08:59:00Z'));
  expect(asked).toEqual(['C0DIGEST 2026-03-01']);
  await check(new Date('2026-03-02T08:59:30Z'));
  expect(asked).toHaveLength(1);
  expect(log.lines).toMatchObject([{ level: 'warn', localDate: '2026-03-01' }]);
  expect(wakes()).toBe(0);
});

test("does not ask again for the previous day's digest while running", async () => {
  const { check, asked } = digestCheck(async () => 'made');
  await check(new Date('2026-03-02T09:00:00Z'));
  await check(new Date('2026-03-03T08:59:00Z'));
  expect(asked).toEqual(['C0DIGEST 2026-03-02']);
});

test('retries a failed request at the next check', async () => {
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

test('makes one digest a day', async () => {
  const { check, asked } = digestCheck(async () => 'made');
  for (const day of ['02', '03', '04']) await check(new Date(`2026-03-${day}T09:30:00Z`));
  expect(asked).toEqual(['C0DIGEST 2026-03-02', 'C0DIGEST 2026-03-03', 'C0DIGEST 2026-03-04']);
});

test.each([
  // A Monday that isn't the 13th, a 13th that isn't a Monday, and neither.
  ['0 9 13 * 1', '2026-03-02', true],
  ['0 9 13 * 1', '2026-03-13', true],
  ['0 9 13 * 1', '2026-03-03', false],
  ['0 0 9 1,15 * mon-fri', '2026-03-01', true],
  ['0 9 13 4 1', '2026-03-13', false],
  ['0 9 13 4 1', '2026-03-02', false],
  // A star restricts nothing, so the other field decides alone.
  ['0 9 13 * *', '2026-03-02', false],
  ['0 9 * * 1', '2026-03-13', false],
  ['0 9 */2 * 1', '2026-03-03', false],
])('like crontab, %s matches %s: %s', (schedule, date, named) => {
  const due = dueDigestDate(schedule, 'Europe/Berlin', new Date(`${date}T09:00:00Z`));
  expect(due).toBe(named ? date : null);
});

test.each([
  [
    'on working days',
    '0 9 * * 1-5',
    'UTC',
    '2026-11-27T09:00:00Z',
    ['2026-11-30T09:00:00Z', '2026-12-01T09:00:00Z', '2026-12-02T09:00:00Z'],
  ],
  [
    'this morning',
    '0 9 * * *',
    'Europe/Berlin',
    '2026-07-01T06:59:59Z',
    ['2026-07-01T07:00:00Z', '2026-07-02T07:00:00Z', '2026-07-03T07:00:00Z'],
  ],
  [
    'across the change to summer time',
    '0 9 * * *',
    'Europe/Berlin',
    '2026-03-27T12:00:00Z',
    ['2026-03-28T08:00:00Z', '2026-03-29T07:00:00Z', '2026-03-30T07:00:00Z'],
  ],
  [
    'across the change to winter time',
    '0 9 * * *',
    'America/New_York',
    '2026-10-30T22:00:00Z',
    ['2026-10-31T13:00:00Z', '2026-11-01T14:00:00Z', '2026-11-02T14:00:00Z'],
  ],
  [
    'at a time that is skipped',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-03-27T12:00:00Z',
    ['2026-03-28T01:30:00Z', '2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z'],
  ],
  [
    'at a time that comes twice',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-10-23T12:00:00Z',
    ['2026-10-24T00:30:00Z', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
  ],
  [
    'where a change is half an hour',
    '15 2 * * *',
    'Australia/Lord_Howe',
    '2026-10-03T00:00:00Z',
    ['2026-10-03T15:30:00Z', '2026-10-04T15:15:00Z', '2026-10-05T15:15:00Z'],
  ],
  [
    'once a date, however many times it names',
    '0 9,15 * * *',
    'UTC',
    '2026-03-07T12:00:00Z',
    ['2026-03-08T09:00:00Z', '2026-03-09T09:00:00Z', '2026-03-10T09:00:00Z'],
  ],
  [
    'by day of the month or weekday',
    '0 9 1 * 1',
    'UTC',
    '2026-03-24T12:00:00Z',
    ['2026-03-30T09:00:00Z', '2026-04-01T09:00:00Z', '2026-04-06T09:00:00Z'],
  ],
  [
    'in leap years',
    '0 0 0 29 2 *',
    'UTC',
    '2026-03-07T12:00:00Z',
    ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z', '2036-02-29T00:00:00Z'],
  ],
  [
    'in the last minute of a day',
    '59 23 * * 1',
    'UTC',
    '2026-03-07T12:00:00Z',
    ['2026-03-09T23:59:00Z', '2026-03-16T23:59:00Z', '2026-03-23T23:59:00Z'],
  ],
  [
    'only on weekdays where the day of the month is left open',
    '0 9 */40 * 1',
    'UTC',
    '2026-03-07T12:00:00Z',
    ['2026-06-01T09:00:00Z', '2027-02-01T09:00:00Z', '2027-03-01T09:00:00Z'],
  ],
])('lists the next digests as they come: %s', (_, schedule, zone, now, expected) => {
  const next = nextDigests(schedule, zone, new Date(now), 3);
  expect(next.map((at) => at.toISOString().replace('.000', ''))).toEqual(expected);
  // The code that makes digests agrees.
  for (const at of next) {
    const due = dueDigest(schedule, zone, at);
    expect(due, at.toISOString()).not.toBeNull();
    const justBefore = dueDigest(schedule, zone, new Date(at.getTime() - 1));
    expect(justBefore?.localDate).not.toBe(due?.localDate);
  }
});

test('lists the next digests in the configured time zone', () => {
  const list = (schedule: string) =>
    describeNextDigests(schedule, 'Europe/Berlin', new Date('2026-03-27T12:00:00Z'));
  expect(list('30 2 * * *')).toBe(
    'Sat 28 Mar 2026 at 02:30, Sun 29 Mar 2026 at 03:00, Mon 30 Mar 2026 at 02:30 (Europe/Berlin)',
  );
  expect(list('0 0 * * 1')).toContain('Mon 30 Mar 2026 at 00:00');
});

test('says that no digest comes in the next twelve years', () => {
  // February 29 is a Sunday in 2032 and in 2060.
  const list = (now: string) => describeNextDigests('0 9 29 2 */7', 'UTC', new Date(now));
  expect(list('2032-01-01T00:00:00Z')).toBe('Sun 29 Feb 2032 at 09:00 (UTC)');
  expect(list('2033-01-01T00:00:00Z')).toBe(
    'none, because DIGEST_SCHEDULE matches no day in the next twelve years',
  );
});
