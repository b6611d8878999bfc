import { expect, test } from 'vitest';
import {
  ago,
  amount,
  calendarDate,
  compact,
  dateRange,
  day,
  growth,
  humanize,
  moment,
  money,
  points,
  range,
} from '../../blocks/format.ts';

test.each([
  [0, '0'],
  [850, '850'],
  [940_000, '940k'],
  [999_999, '999.9k'],
  [2_800_000, '2.8M'],
  [45_000_000, '45M'],
  [-1_500, '-1.5k'],
])('shows %d as %s', (value, shown) => {
  expect(compact(value)).toBe(shown);
});

test('uses the singular only for one', () => {
  expect(amount(1, 'project')).toBe('1 project');
  expect(amount(2_800_000, 'API call')).toBe('2.8M API calls');
  expect(amount(null, 'project')).toBeNull();
});

test('shows no funding of zero', () => {
  expect([money(45_000_000), money(1_200_000_000), money(0), money(null)]).toEqual([
    '$45M',
    '$1.2B',
    null,
    null,
  ]);
});

test.each([
  [250, '+250%'],
  [46.9, '+47%'],
  [-8.33, '−8.3%'],
  [0, null],
  [0.01, null],
  [-0.04, null],
])('shows growth of %d as %s', (percent, shown) => {
  expect(growth(percent)).toBe(shown);
});

test.each([
  ['series_b', 'Series B'],
  ['pre_seed', 'Pre-seed'],
  ['seed', 'Seed'],
  ['ipo', 'IPO'],
  ['tech_migration', 'Tech migration'],
  ['pro', 'Pro'],
  ['constructor', 'Constructor'],
])('writes %s as %s', (code, shown) => {
  expect(humanize(code)).toBe(shown);
});

test('writes a range with an en dash', () => {
  expect([range('51-200'), range('1000+')]).toEqual(['51–200', '1000+']);
});

test('rounds points to two decimals', () => {
  expect([points(79.6), points(80 - 79.6), points(88.25)]).toEqual(['79.6', '0.4', '88.25']);
});

test.each([
  ['2026-03-02T12:00:00.900Z', 'just now'],
  ['2026-03-02T12:00:04Z', '4 seconds ago'],
  ['2026-03-02T12:01:59Z', '1 minute ago'],
  ['2026-03-02T12:05:59Z', '5 minutes ago'],
  ['2026-03-02T15:00:00Z', '3 hours ago'],
  ['2026-03-04T13:00:00Z', '2 days ago'],
  ['2026-03-02T11:59:00Z', 'just now'],
  ['nonsense', 'just now'],
])('at %s, noon was %s', (now, shown) => {
  expect(ago(new Date('2026-03-02T12:00:00Z'), new Date(now))).toBe(shown);
});

test("shows a time in the reader's zone, with a fallback that names its own", () => {
  const at = new Date('2026-03-02T12:00:00Z');
  expect(moment(at, { timeZone: 'Europe/Berlin' })).toBe(
    '<!date^1772452800^{date_short_pretty} at {time}|Mar 2, 2026, 13:00 Europe/Berlin>',
  );
  expect(moment(at, { after: 'since' })).toBe(
    '<!date^1772452800^since {date_short_pretty} at {time}|since Mar 2, 2026, 12:00 UTC>',
  );
  expect(day(new Date(Number.NaN))).toBe('');
});

test('shows a range within one day as that day', () => {
  const morning = new Date('2026-03-02T08:00:00Z');
  expect(dateRange(morning, new Date('2026-03-02T20:00:00Z'))).toBe(day(morning));
});

test('keeps a calendar date in every zone and drops an invalid one', () => {
  const style = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  expect(calendarDate('2026-03-02', style)).toBe('Monday, March 2');
  expect(calendarDate('soon', style)).toBeNull();
});

test('24 hours are a day on a host whose clock went back meanwhile', () => {
  const zone = process.env['TZ'];
  process.env['TZ'] = 'America/New_York';
  try {
    const then = new Date('2026-10-31T16:00:00Z');
    expect(ago(then, new Date('2026-11-01T16:00:00Z'))).toBe('1 day ago');
  } finally {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
});
