import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AwayWords, readAway } from '../../src/core/away.ts';
import { localDate } from '../../src/core/local-date.ts';
import { nextWorking, parseHolidays, parseShifts } from '../../src/core/working-time.ts';

const NY = 'America/New_York';
/** A Sunday, 10:00 in New York. */
const NOW = new Date('2026-11-29T15:00:00Z');

const shiftsOf = (text: string) => {
  const shifts = parseShifts(text);
  if (shifts === null) throw new Error(`${text} is no working time`);
  return shifts;
};
const OFFICE = { shifts: shiftsOf('Mon-Fri 09:00-18:00'), holidays: new Set<string>() };

const read = (words: string, now = NOW, zone = NY): AwayWords => readAway(words, now, zone, OFFICE);

/** `2026-11-30 09:00` by the AE's clock. */
function untilIn(words: string, now = NOW, zone = NY): string {
  const said = read(words, now, zone);
  if (said.kind !== 'away') return said.kind;
  const time = said.until.toLocaleTimeString('en-GB', { timeZone: zone, timeStyle: 'short' });
  return `${localDate(said.until, zone)} ${time}`;
}

test.each([
  ['until Monday', '2026-11-30 09:00'],
  ['UNTIL  MON.', '2026-11-30 09:00'],
  ['until Monday”', '2026-11-30 09:00'],
  ['till thurs', '2026-12-03 09:00'],
  ['til tues', '2026-12-01 09:00'],
  // It is a Sunday.
  ['until Sunday', '2026-12-07 09:00'],
  ['until Saturday', '2026-12-07 09:00'],
  ['until tomorrow', '2026-11-30 09:00'],
  ['until tomorrow morning', '2026-11-30 09:00'],
  ['until next week', '2026-11-30 09:00'],
  ['today', '2026-11-30 09:00'],
  ['for 1 day', '2026-11-30 09:00'],
  ['for a day', '2026-11-30 09:00'],
  ['3 days', '2026-12-02 09:00'],
  ['for 3 days', '2026-12-02 09:00'],
  ['for 2 weeks', '2026-12-14 09:00'],
  ['for one month', '2026-12-29 09:00'],
  ['until Dec 3', '2026-12-03 09:00'],
  ['until Dec. 3rd', '2026-12-03 09:00'],
  ['until December 3, 2026', '2026-12-03 09:00'],
  ['until 3 December', '2026-12-03 09:00'],
  ['until the 3rd of Dec', '2026-12-03 09:00'],
  ['until 3 Dec 2026', '2026-12-03 09:00'],
  ['until 2026-12-03', '2026-12-03 09:00'],
  ['until sept 1 2027', '2027-09-01 09:00'],
  ['until aug 2', '2027-08-02 09:00'],
  ['until Jan 5', '2027-01-05 09:00'],
  ['until 2027-11-29', '2027-11-29 09:00'],
  ['until\tMonday', '2026-11-30 09:00'],
  ['until Monday...', '2026-11-30 09:00'],
  ['until Monday, morning', '2026-11-30 09:00'],
])('reads %j, said on Sunday, November 29, as away until %s', (words, until) => {
  expect(untilIn(words)).toBe(until);
});

test.each([
  // Monday in Auckland, Sunday in New York.
  ['until Monday', '2026-11-29T20:00:00Z', 'Pacific/Auckland', '2026-12-07 09:00'],
  ['until Monday', '2026-11-29T20:00:00Z', NY, '2026-11-30 09:00'],
  ['until Monday', '2026-11-30T12:00:00Z', NY, '2026-12-07 09:00'],
  // A Wednesday.
  ['until Friday', '2026-12-02T12:00:00Z', NY, '2026-12-04 09:00'],
  ['until next Friday', '2026-12-02T12:00:00Z', NY, '2026-12-11 09:00'],
  ['until next mon.', '2026-12-02T12:00:00Z', NY, '2026-12-07 09:00'],
  ['until next Sunday', '2026-12-02T12:00:00Z', NY, '2026-12-14 09:00'],
  ['today', '2026-12-01T15:00:00Z', NY, '2026-12-02 09:00'],
  // Before work, and after it has begun.
  ['until today', '2026-12-01T12:00:00Z', NY, '2026-12-01 09:00'],
  ['until Dec 1', '2026-12-01T15:00:00Z', NY, 'past'],
  ['for 2 days', '2027-03-13T20:00:00Z', NY, '2027-03-15 09:00'],
  // Midnight doesn't exist on this day in Cairo.
  ['until Apr 24', '2026-04-20T12:00:00Z', 'Africa/Cairo', '2026-04-24 09:00'],
  ['until Feb 29', '2027-12-01T12:00:00Z', NY, '2028-02-29 09:00'],
  // Three months back is a mistake, and a day more is next year's.
  ['until Sep 1', '2026-12-01T15:00:00Z', NY, 'past'],
  ['until Aug 31', '2026-12-01T15:00:00Z', NY, '2027-08-31 09:00'],
])('reads %j, said at %s in %s, as %s', (words, now, zone, until) => {
  expect(untilIn(words, new Date(now), zone)).toBe(until);
});

test.each([
  ['until Nov 20', 'past'],
  ['until 28 November', 'past'],
  // A day off, from which it would be the Monday to come.
  ['until 2026-11-28', 'past'],
  ['until 2019-01-01', 'past'],
  ['until 2027-12-31', 'too-far'],
  ['for 13 months', 'too-far'],
  ['for 999 weeks', 'too-far'],
])('%j is %s', (words, kind) => {
  expect(read(words)).toEqual({ kind });
});

test.each([
  ['', ''],
  ['until', 'until'],
  // Away on that day, from it, or until it.
  ['Monday', 'Monday'],
  ['tomorrow', 'tomorrow'],
  ['next week', 'next week'],
  ['Dec 3', 'Dec 3'],
  ['2026-12-03', '2026-12-03'],
  ['until whenever', 'until whenever'],
  ['until next', 'until next'],
  ['until next year', 'until next year'],
  ['until Feb 30', 'until Feb 30'],
  ['until 2026-13-01', 'until 2026-13-01'],
  // March 12 or December 3.
  ['until 12/3', 'until 12/3'],
  ['until mo', 'until mo'],
  ['until 3', 'until 3'],
  ['until Monday 14:00', 'until Monday 14:00'],
  ['for days', 'for days'],
  ['from Monday for 3 days', 'from Monday for 3 days'],
  ['3 days a week', '3 days a week'],
  ['until after next Friday', 'until after next Friday'],
  ['until next Friday evening', 'until next Friday evening'],
  ['until 2026-12-32', 'until 2026-12-32'],
  ['until Dec 32', 'until Dec 32'],
  ['until Foo 3', 'until Foo 3'],
  ['in Spain, cover <@U0BEN>', 'in Spain'],
  ['<@U0BEN> until Monday', '<@U0BEN> until Monday'],
])('can’t read %j, and shows %j back', (words, asked) => {
  expect(read(words)).toEqual({ kind: 'unreadable', asked });
});

test.each([
  'until Monday cover <@U0BEN|ben>',
  'until Monday cover <@U0BEN>',
  'until Monday, cover: <@U0BEN|ben>.',
  'until Monday with cover <@U0BEN|ben>',
  'until Monday and covered by <@U0BEN|ben>',
  'cover <@U0BEN|ben> until Monday',
  'until Monday COVER<@U0BEN|Ben Osei>',
])('reads who covers in %j', (words) => {
  expect(read(words)).toMatchObject({ kind: 'away', cover: 'U0BEN' });
  expect(untilIn(words)).toBe('2026-11-30 09:00');
});

test.each([
  ['until Monday cover @ben', '@ben'],
  ['cover ben until Monday', 'ben'],
  ['until Monday cover', ''],
  ['until Monday cover <#C0SALES|sales>', '<#C0SALES|sales>'],
])('can’t tell from %j who covers, and shows %j back', (words, asked) => {
  expect(read(words)).toEqual({ kind: 'unknown-cover', asked });
});

test('work begins by the hours and holidays of the settings', () => {
  const hours = {
    shifts: shiftsOf('Sun-Thu 08:30-12:00; Sun-Thu 13:00-17:00'),
    holidays: parseHolidays('2026-12-06') ?? new Set(),
  };
  const until = (words: string) => readAway(words, NOW, 'UTC', hours);
  expect(until('until Tuesday')).toMatchObject({ until: new Date('2026-12-01T08:30:00Z') });
  // Friday and Saturday are days off, and Sunday is a holiday.
  expect(until('until Friday')).toMatchObject({ until: new Date('2026-12-07T08:30:00Z') });
});

const ZONES = [NY, 'Pacific/Auckland', 'Africa/Cairo', 'Australia/Lord_Howe', 'UTC'];

test('an absence begins now and ends at the start of work within a year, in every zone', () => {
  const nows = fc.date({
    min: new Date('2024-01-01'),
    max: new Date('2034-01-01'),
    noInvalidDate: true,
  });
  const words = fc.oneof(
    fc.constantFrom(
      'today',
      'until tomorrow',
      'until fri',
      'until Mar 30',
      'until 25 Oct',
      'for a day',
    ),
    fc.integer({ min: 1, max: 340 }).map((days) => `for ${days} days`),
  );
  fc.assert(
    fc.property(nows, fc.constantFrom(...ZONES), words, (now, zone, said) => {
      const found = readAway(said, now, zone, OFFICE);
      if (found.kind === 'past') return;
      if (found.kind !== 'away') throw new Error(`${said} is ${found.kind}`);
      expect(found.until > now).toBe(true);
      expect(nextWorking(found.until, OFFICE, zone)).toEqual(found.until);
      expect(nextWorking(new Date(+found.until - 1), OFFICE, zone)).toEqual(found.until);
    }),
  );
});

test('no words make it fail', () => {
  const pieces = ['until', 'for', 'cover', '3', 'dec', '2026-', '<@U1>', '<', '@', '.', ' ', 'mon'];
  const words = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 12 });
  fc.assert(fc.property(words, (some) => void read(some.join(' '))));
});

test.each(['cover', 'cover <', '<@', 'until ', ' ', ',', '.', 'for 1', '9'])(
  'reads 4,000 characters of %j within 20 ms',
  (piece) => {
    const text = piece.repeat(4_000 / piece.length);
    const before = process.threadCpuUsage();
    read(text);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(20);
  },
);
