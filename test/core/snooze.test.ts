import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localDate } from '../../src/core/local-date.ts';
import { morningOf, snoozeEnd } from '../../src/core/snooze.ts';

const NY = 'America/New_York';

test.each([
  // A Friday in winter, and what is Friday already in Singapore.
  ['hour', '2026-11-27T20:10:30Z', NY, '2026-11-27T21:10:30.000Z'],
  ['tomorrow', '2026-11-26T20:10:30Z', NY, '2026-11-27T14:00:00.000Z'],
  ['tomorrow', '2026-11-26T20:10:30Z', 'Asia/Singapore', '2026-11-28T01:00:00.000Z'],
  ['monday', '2026-11-27T20:10:30Z', NY, '2026-11-30T14:00:00.000Z'],
  // On a Monday, even before nine, it is the next one. On a Sunday it is tomorrow.
  ['monday', '2026-11-30T12:00:00Z', NY, '2026-12-07T14:00:00.000Z'],
  ['monday', '2026-11-29T20:00:00Z', NY, '2026-11-30T14:00:00.000Z'],
  // Monday in Auckland, Sunday in New York.
  ['monday', '2026-11-29T20:00:00Z', 'Pacific/Auckland', '2026-12-06T20:00:00.000Z'],
  // Clocks go forward on March 8 and back on November 1.
  ['tomorrow', '2026-03-07T20:00:00Z', NY, '2026-03-08T13:00:00.000Z'],
  ['tomorrow', '2026-10-31T20:00:00Z', NY, '2026-11-01T14:00:00.000Z'],
  ['monday', '2026-03-27T12:00:00Z', 'Europe/Berlin', '2026-03-30T07:00:00.000Z'],
  ['monday', '2026-10-23T12:00:00Z', 'Europe/Berlin', '2026-10-26T08:00:00.000Z'],
  ['hour', '2026-03-29T00:30:00Z', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
] as const)('snoozed for %s at %s in %s ends at %s', (choice, now, timeZone, end) => {
  expect(snoozeEnd(choice, new Date(now), timeZone).toISOString()).toBe(end);
});

test.each([
  ['2026-03-28', 'Europe/Berlin', '2026-03-28T08:00:00.000Z'],
  ['2026-03-29', 'Europe/Berlin', '2026-03-29T07:00:00.000Z'],
  ['2026-10-25', 'Europe/Berlin', '2026-10-25T08:00:00.000Z'],
  ['2028-02-29', 'UTC', '2028-02-29T09:00:00.000Z'],
  // Midnight doesn't exist on this day in Cairo.
  ['2026-04-24', 'Africa/Cairo', '2026-04-24T06:00:00.000Z'],
  ['2026-06-01', 'Pacific/Chatham', '2026-05-31T20:15:00.000Z'],
])('the morning of %s in %s is at %s', (date, timeZone, at) => {
  expect(morningOf(date, timeZone).toISOString()).toBe(at);
});

test('a morning is at nine of its own date in every zone, clock changes included', () => {
  const zones = fc.constantFrom('Australia/Lord_Howe', 'America/St_Johns', 'Africa/Cairo', NY);
  const days = fc.date({
    min: new Date('2020-01-01'),
    max: new Date('2040-01-01'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(days, zones, (day, zone) => {
      const date = day.toISOString().slice(0, 10);
      const at = morningOf(date, zone);
      const time = at.toLocaleTimeString('en-GB', { timeZone: zone });
      expect([localDate(at, zone), time]).toEqual([date, '09:00:00']);
    }),
  );
});

test.each([
  ['2026-03-28', 'Europe/Nowhere'],
  ['', 'UTC'],
])('%j in %s has no morning', (date, timeZone) => {
  expect(() => morningOf(date, timeZone)).toThrow(RangeError);
});
