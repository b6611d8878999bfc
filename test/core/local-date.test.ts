import { expect, test } from 'vitest';
import { localDate } from '../../src/core/local-date.ts';

test.each([
  ['2026-03-02T12:00:00Z', 'UTC', '2026-03-02'],
  ['2026-03-02T23:59:59.999Z', 'UTC', '2026-03-02'],
  ['2026-03-02T23:30:00Z', 'Europe/Berlin', '2026-03-03'],
  ['2026-03-02T04:59:59Z', 'America/New_York', '2026-03-01'],
  ['2026-03-02T05:00:00Z', 'America/New_York', '2026-03-02'],
  ['2026-03-02T10:14:59Z', 'Pacific/Chatham', '2026-03-02'],
  ['2026-03-02T10:15:00Z', 'Pacific/Chatham', '2026-03-03'],
  ['2026-03-02T10:00:00Z', 'Pacific/Kiritimati', '2026-03-03'],
  ['2026-03-02T11:00:00Z', 'Pacific/Pago_Pago', '2026-03-02'],
  ['2026-03-02T18:15:00Z', 'Asia/Kathmandu', '2026-03-03'],
  ['2026-12-31T23:00:00Z', 'Europe/Berlin', '2027-01-01'],
  ['2028-02-28T15:00:00Z', 'Asia/Tokyo', '2028-02-29'],
])('at %s the date in %s is %s', (now, zone, date) => {
  expect(localDate(new Date(now), zone)).toBe(date);
});

test.each([
  ['2026-03-29T00:59:59Z', '2026-03-29'],
  ['2026-03-29T01:00:00Z', '2026-03-29'],
  ['2026-03-29T21:59:59Z', '2026-03-29'],
  ['2026-03-29T22:00:00Z', '2026-03-30'],
  ['2026-10-25T00:30:00Z', '2026-10-25'],
  ['2026-10-25T01:30:00Z', '2026-10-25'],
  ['2026-10-25T22:59:59Z', '2026-10-25'],
  ['2026-10-25T23:00:00Z', '2026-10-26'],
])('around a clock change in Berlin, %s is %s', (now, date) => {
  expect(localDate(new Date(now), 'Europe/Berlin')).toBe(date);
});

test("the date does not depend on the machine's zone", () => {
  expect(localDate(new Date('2026-03-02T00:30:00+14:00'), 'UTC')).toBe('2026-03-01');
});
