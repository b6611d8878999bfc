import { TZDate } from '@date-fns/tz';
import { expect, test } from 'vitest';
import { createDigestCheck, dueDigest } from '../../src/jobs/digest.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { memoryLog } from '../support/memory-log.ts';

const db = await botDatabase();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const CHANNEL = 'C0SALES';

/** A replica's check for due digests. */
const digestCheck = (
  schedule: string,
  timeZone: string,
  { channel = CHANNEL, log = memoryLog() } = {},
) => createDigestCheck({ digests: db.digests, channel, schedule, timeZone, log, wake: () => {} });

const dueDigestDate = (schedule: string, zone: string, now: Date): string | null =>
  dueDigest(schedule, zone, now)?.localDate ?? null;

/** Time zones, and the days in 2026 when their clocks change. */
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
  'fault-34 the clocks in %s change on %s: a digest in or next to the gap or overlap is due once that date',
  (zone, day) => {
    const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
    const midnight = new TZDate(year, month - 1, date, zone).getTime();
    for (const hour of [0, 2]) {
      const asked: string[] = [];
      // The previous day's digest is no longer due, and the next day's is not due yet.
      for (let at = midnight - HOUR; at <= midnight + 10 * HOUR; at += HOUR) {
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
])(
  'fault-35 no replica runs at nine in Berlin, and the next one starts at %s: catches up within six hours',
  (_, now, expected) => {
    expect(dueDigestDate('0 9 * * 1-5', 'Europe/Berlin', new Date(now))).toBe(expected);
  },
);

test('fault-35 catching up after midnight: still the digest of the previous day', () => {
  expect(dueDigestDate('0 22 * * *', 'Europe/Berlin', new Date('2026-03-03T01:00:00Z'))).toBe(
    '2026-03-02',
  );
});

test.each([
  ['Friday', '2026-03-06', true],
  ['Saturday', '2026-03-07', false],
  ['Sunday', '2026-03-08', false],
  ['Monday', '2026-03-09', true],
])('fault-36 a digest for weekdays on a %s, %s: due is %s', (_, day, expected) => {
  const due = dueDigestDate('0 9 * * 1-5', 'UTC', new Date(`${day}T10:00:00Z`));
  expect(due).toBe(expected ? day : null);
});

test('fault-36 the weekday is that of the time zone', () => {
  const mondayInAuckland = new Date('2026-03-01T20:30:00Z');
  expect(dueDigestDate('0 9 * * 1', 'Pacific/Auckland', mondayInAuckland)).toBe('2026-03-02');
  expect(dueDigestDate('0 9 * * 0', 'Pacific/Auckland', mondayInAuckland)).toBeNull();
});

test('fault-34 a time skipped by daylight saving time: due once the clock has passed it', () => {
  const due = (now: string) => dueDigestDate('30 2 * * *', 'Europe/Berlin', new Date(now));
  expect(due('2026-03-29T00:59:00Z')).toBeNull();
  expect(due('2026-03-29T01:00:00Z')).toBe('2026-03-29');
});

test('fault-35 no replica ran for seven hours: no digest, one warning, and the next digest includes everything', async () => {
  await addLead(db);
  await db.poll({ firstRun: 'silent' });
  await db.sql(`update lead_bot.poll_state set first_poll_at = first_poll_at - interval '2 days'`);
  const alert = await db.onlyAlert();
  await db.alerts.claim(alert, 'U0ANNA');
  await db.alerts.contact(alert, 'U0ANNA', 'call', '');
  await db.age('26 hours');
  const now = new Date();
  const due = new Date(now.getTime() - 7 * HOUR);
  const log = memoryLog();
  const schedule = `${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
  const check = digestCheck(schedule, 'UTC', { log });
  await check(now);
  await check(new Date(now.getTime() + 60_000));
  expect(log.lines).toMatchObject([
    { level: 'warn', event: 'a digest was missed', localDate: due.toISOString().slice(0, 10) },
  ]);
  expect(await db.sql(`select from lead_bot.messages where kind = 'digest'`)).toEqual([]);
});

const ZONES = CHANGES.map(([zone]) => zone);
const YEARS = 10;

/** Dates, each with whether it is a business day. */
const datesFrom = (first: string, count: number) =>
  Array.from({ length: count }, (_, n) => {
    const date = new Date(Date.parse(first) + n * DAY);
    return { date: date.toISOString().slice(0, 10), business: date.getUTCDay() % 6 !== 0 };
  });
const DATES = datesFrom('2026-01-01', Math.floor(YEARS * 365.25));

test.each(ZONES)(
  'fault-36 ten years in %s: a digest at nine is due once per business day and on no other day',
  (zone) => {
    const wrong: string[] = [];
    for (const { date, business } of DATES) {
      const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
      const nine = new TZDate(year, month - 1, day, 9, 0, 42, zone);
      // Checking a day without a digest is slow, so try only some of them.
      if (!business && day > 7) continue;
      if (!business && month % 6 !== 0) continue;
      const due = dueDigestDate('0 9 * * 1-5', zone, new Date(nine.getTime()));
      if (due !== (business ? date : null)) wrong.push(`${date}: ${due}`);
    }
    expect(wrong).toEqual([]);
  },
);

test('fault-36 three replicas in thirteen time zones, for three weeks with a clock change: one digest per business day', async () => {
  await db.poll();
  // Far in the future, so that none is too late by the database's clock.
  const weeks = datesFrom('2100-03-08', 21);
  await Promise.all(
    ZONES.map(async (zone) => {
      const replicas = Array.from({ length: 3 }, () =>
        digestCheck('30 2 * * 1-5', zone, { channel: zone }),
      );
      for (const { date, business } of weeks) {
        if (!business) continue;
        const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
        const due = new TZDate(year, month - 1, day, 2, 30, zone).getTime();
        await Promise.all(replicas.map((check, n) => check(new Date(due + n * 61_000))));
      }
    }),
  );
  const made = await db.sql<{ channel: string; dates: string[] }>(
    `select channel, array_agg(payload ->> 'local_date' order by 1) as dates
       from lead_bot.messages where kind = 'digest' group by channel`,
  );
  expect(made.map(({ channel }) => channel).toSorted()).toEqual(ZONES.toSorted());
  const expected = weeks.filter(({ business }) => business).map(({ date }) => date);
  for (const { channel, dates } of made) expect(dates.toSorted(), channel).toEqual(expected);
});

test('fault-36 time zone changes during the day: no second digest for the same date', async () => {
  await db.poll();
  const inZone = (timeZone: string) => digestCheck('0 9 * * 1-5', timeZone);
  await inZone('Europe/Berlin')(new Date('2100-03-02T08:00:00Z'));
  await inZone('America/New_York')(new Date('2100-03-02T14:00:00Z'));
  await inZone('Asia/Tokyo')(new Date('2100-03-02T05:00:00Z'));
  expect(await db.sql(`select from lead_bot.messages where kind = 'digest'`)).toHaveLength(1);
});
