import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addWorking,
  minutesAWeek,
  nextWorking,
  parseHolidays,
  parseShifts,
  type WorkingHours,
  workingUntil,
} from '../../src/core/working-time.ts';

const HOUR_MS = 3_600_000;

function hoursOf(text: string, holidays = ''): WorkingHours {
  const shifts = parseShifts(text);
  const days = parseHolidays(holidays);
  if (shifts === null || days === null) throw new Error(`unreadable: ${text} / ${holidays}`);
  return { shifts, holidays: days };
}

const isWorking = (moment: Date, hours: WorkingHours, zone: string): boolean =>
  +nextWorking(moment, hours, zone) === +moment;

const OFFICE = hoursOf('Mon-Fri 09:00-18:00');
const at = (iso: string): Date => new Date(iso);

describe('settings', () => {
  it.each([
    'Mon-Fri 09:00-18:00',
    'mon,wed,fri 9:00-12:30',
    ' Sun-Thu  22:00-06:00 ',
    'Fri-Mon 00:00-24:00',
    'Mon-Thu 09:00-18:00; Fri 09:00-15:00',
    'Mon-Fri 18:00-00:00',
  ])('reads %s', (text) => {
    expect(parseShifts(text)).not.toBeNull();
  });

  it.each([
    '',
    '09:00-18:00',
    'Mon-Fri',
    'Mon-Fri 9-18',
    'Mon-Fri 09:00-09:00',
    'Mon-Fri 24:00-06:00',
    'Mon-Fri 09:60-18:00',
    'Mon-Fri 09:00-17:60',
    'Foo-Mon 09:00-18:00',
    'Mon-Fri 09:00-25:00',
    'Mo-Fr 09:00-18:00',
    'Mon-Wed-Fri 09:00-18:00',
    'Mon-Fri 09:00-18:00;',
    'Mon-Fri 09:00-18:00 CET',
  ])('refuses %j', (text) => {
    expect(parseShifts(text)).toBeNull();
  });

  it('reads the minutes of a shift, and midnight as the end of its day', () => {
    expect(parseShifts('Mon 9:05-17:30; Tue 18:00-00:00')).toEqual([
      { days: new Set([1]), from: 545, to: 1_050 },
      { days: new Set([2]), from: 1_080, to: 1_440 },
    ]);
  });

  it('adds up the minutes of a week, those after midnight too', () => {
    expect(minutesAWeek(hoursOf('Mon-Fri 09:00-17:30; Sat 22:00-06:00').shifts)).toBe(
      5 * 510 + 480,
    );
  });

  it('reads holidays separated by commas or blanks, and none at all', () => {
    expect([...(parseHolidays('2026-12-25, 2027-01-01 2028-02-29') ?? [])]).toEqual([
      '2026-12-25',
      '2027-01-01',
      '2028-02-29',
    ]);
    expect(parseHolidays('')?.size).toBe(0);
  });

  it.each(['2026-02-29', '25.12.2026', '2026-13-01', 'Christmas', '2026-12-25T00:00'])(
    'refuses the holiday %s',
    (text) => {
      expect(parseHolidays(text)).toBeNull();
    },
  );
});

describe('examples', () => {
  it('carries the rest of an hour from Friday evening to Monday morning', () => {
    const friday = at('2026-03-06T16:45:00Z'); // 17:45 in Berlin
    expect(addWorking(friday, HOUR_MS / 2, OFFICE, 'Europe/Berlin')).toEqual(
      at('2026-03-09T08:15:00Z'),
    );
  });

  it('takes a moment at the end of a shift as after work', () => {
    expect(isWorking(at('2026-03-06T17:00:00Z'), OFFICE, 'Europe/Berlin')).toBe(false);
    expect(isWorking(at('2026-03-06T16:59:59.999Z'), OFFICE, 'Europe/Berlin')).toBe(true);
  });

  it('ends a deadline at the end of the shift rather than the start of the next', () => {
    const nine = at('2026-03-06T08:00:00Z');
    expect(addWorking(nine, 9 * HOUR_MS, OFFICE, 'Europe/Berlin')).toEqual(
      at('2026-03-06T17:00:00Z'),
    );
  });

  it('skips a holiday, by the local date', () => {
    const hours = hoursOf('Mon-Fri 09:00-18:00', '2026-03-09');
    expect(nextWorking(at('2026-03-07T12:00:00Z'), hours, 'Pacific/Auckland')).toEqual(
      at('2026-03-09T20:00:00Z'), // Tuesday, 9:00
    );
  });

  it('counts a night shift that began on the day before', () => {
    const nights = hoursOf('Sun-Thu 22:00-06:00');
    expect(isWorking(at('2026-03-06T04:00:00Z'), nights, 'UTC')).toBe(true);
    expect(isWorking(at('2026-03-07T04:00:00Z'), nights, 'UTC')).toBe(false);
  });

  it('counts one that still runs in the evening, west of Greenwich', () => {
    const long = hoursOf('Mon-Fri 20:00-19:00');
    // Tuesday, 18:00 in Los Angeles.
    expect(isWorking(at('2026-03-04T02:00:00Z'), long, 'America/Los_Angeles')).toBe(true);
  });

  it('adds nothing to a time outside working hours', () => {
    const night = at('2026-03-06T03:00:00Z');
    expect(addWorking(night, 0, OFFICE, 'UTC')).toEqual(night);
  });

  it('takes the shifts of a day in the order of their times', () => {
    const hours = hoursOf('Mon-Fri 13:00-18:00; Mon-Fri 09:00-12:00');
    expect(nextWorking(at('2026-03-06T08:00:00Z'), hours, 'UTC')).toEqual(
      at('2026-03-06T09:00:00Z'),
    );
  });

  it('counts the hour that a night shift lacks when clocks go forward, and has twice when they go back', () => {
    const nights = hoursOf('Sat 22:00-06:00');
    const added = (from: string, worked: number) =>
      addWorking(at(from), worked * HOUR_MS, nights, 'Europe/Berlin');
    // Until six on Sunday.
    expect(added('2026-03-28T12:00:00Z', 7)).toEqual(at('2026-03-29T04:00:00Z'));
    expect(added('2026-10-24T12:00:00Z', 9)).toEqual(at('2026-10-25T05:00:00Z'));
  });

  it('counts shifts that overlap once', () => {
    const hours = hoursOf('Mon-Fri 09:00-18:00; Mon-Fri 10:00-12:00; Mon-Fri 16:00-20:00');
    const nine = at('2026-03-06T09:00:00Z');
    expect(addWorking(nine, 11 * HOUR_MS, hours, 'UTC')).toEqual(at('2026-03-06T20:00:00Z'));
  });

  it('joins shifts that touch at midnight', () => {
    const always = hoursOf('Mon-Sun 00:00-24:00');
    const start = at('2026-03-06T23:30:00Z');
    expect(addWorking(start, 48 * HOUR_MS, always, 'UTC')).toEqual(at('2026-03-08T23:30:00Z'));
  });

  it.each([
    ['in a shift', 'Mon-Fri 09:00-18:00', '2026-03-06T10:00:00Z', '2026-03-06T18:00:00Z'],
    ['after work', 'Mon-Fri 09:00-18:00', '2026-03-06T18:00:00Z', '2026-03-09T18:00:00Z'],
    [
      'before a break',
      'Mon-Fri 9:00-12:00; Mon-Fri 13:00-18:00',
      '2026-03-06T10:00:00Z',
      '2026-03-06T12:00:00Z',
    ],
    [
      'over shifts that touch',
      'Mon-Fri 09:00-24:00; Tue-Sat 0:00-6:00',
      '2026-03-06T10:00:00Z',
      '2026-03-07T06:00:00Z',
    ],
    ['for a day at most', 'Mon-Sun 00:00-24:00', '2026-03-06T23:59:00Z', '2026-03-07T23:59:00Z'],
  ])('works %s', (_, shifts, from, until) => {
    expect(workingUntil(at(from), hoursOf(shifts), 'UTC')).toEqual(at(until));
  });

  it('gets over a date that a zone has skipped', () => {
    // Samoa went from 29 to 31 December 2011.
    const night = at('2011-12-30T08:00:00Z');
    expect(nextWorking(night, hoursOf('Mon-Sun 09:00-18:00'), 'Pacific/Apia')).toEqual(
      at('2011-12-30T19:00:00Z'),
    );
  });

  it.each([
    [new Date(Number.NaN), 'UTC'],
    [new Date(0), 'Mars/Olympus'],
  ])('refuses %s in %s instead of searching forever', (date, zone) => {
    const search = () => nextWorking(date, OFFICE, zone);
    expect(search).toThrow(RangeError);
    expect(search).toThrow('Working time needs a valid date and time zone.');
  });
});

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Kiritimati',
  'Asia/Beirut',
  'Africa/Casablanca',
];
const zones = fc.constantFrom(...ZONES);
const instants = fc.date({
  min: at('2024-01-01T00:00:00Z'),
  max: at('2032-12-31T00:00:00Z'),
  noInvalidDate: true,
});
const shift = fc
  .record({
    days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
    from: fc.integer({ min: 0, max: 1439 }),
    to: fc.integer({ min: 1, max: 1440 }),
  })
  .filter(({ from, to }) => from !== to)
  .map(({ days, from, to }) => ({ days: new Set(days), from, to }));
const anyHours: fc.Arbitrary<WorkingHours> = fc
  .tuple(shift, fc.array(shift, { maxLength: 2 }), fc.array(instants, { maxLength: 5 }))
  .map(([first, rest, off]) => ({
    shifts: [first, ...rest],
    holidays: new Set(off.map((day) => day.toISOString().slice(0, 10))),
  }));

describe('for any hours, zone and year', () => {
  const spans = fc.integer({ min: 1, max: 10 * 60 }).map((seconds) => seconds * 1_000);

  it('adds two parts as it adds the whole', () => {
    fc.assert(
      fc.property(instants, spans, spans, anyHours, zones, (from, one, two, hours, zone) => {
        const middle = addWorking(from, one, hours, zone);
        expect(addWorking(middle, two, hours, zone)).toEqual(
          addWorking(from, one + two, hours, zone),
        );
      }),
    );
  });

  it('ends within working hours, once at least as much time has passed', () => {
    fc.assert(
      fc.property(instants, spans, anyHours, zones, (from, ms, hours, zone) => {
        const end = addWorking(from, ms, hours, zone);
        expect(+end - +from).toBeGreaterThanOrEqual(ms);
        expect(isWorking(new Date(+end - 1), hours, zone)).toBe(true);
      }),
    );
  });

  it('adds plain time where work never stops', () => {
    const always = hoursOf('Mon-Sun 00:00-24:00');
    fc.assert(
      fc.property(instants, spans, zones, (from, ms, zone) => {
        expect(addWorking(from, ms, always, zone)).toEqual(new Date(+from + ms));
      }),
    );
  });

  it('finds the very next working moment', () => {
    fc.assert(
      fc.property(instants, anyHours, zones, (from, hours, zone) => {
        const next = nextWorking(from, hours, zone);
        expect(isWorking(next, hours, zone)).toBe(true);
        if (next > from) expect(isWorking(new Date(+next - 1), hours, zone)).toBe(false);
      }),
    );
  });

  it('works without a break until the end of working time', () => {
    fc.assert(
      fc.property(instants, anyHours, zones, (from, hours, zone) => {
        const start = nextWorking(from, hours, zone);
        const end = workingUntil(from, hours, zone);
        expect(end).toEqual(workingUntil(start, hours, zone));
        expect(addWorking(start, +end - +start, hours, zone)).toEqual(end);
        if (+end < +start + 24 * HOUR_MS) expect(isWorking(end, hours, zone)).toBe(false);
      }),
    );
  });

  it('agrees with the clock on the wall', () => {
    // Clock changes happen at night: from 5:00 on, each minute of the day exists once.
    const daytime = fc
      .tuple(fc.integer({ min: 300, max: 1380 }), fc.integer({ min: 1, max: 59 }))
      .map(([from, length]) => ({ from, to: from + length }));
    fc.assert(
      fc.property(instants, daytime, zones, (moment, { from, to }, zone) => {
        const hours: WorkingHours = {
          shifts: [{ days: new Set([1, 2, 3, 4, 5]), from, to }],
          holidays: new Set(),
        };
        const parts = new Intl.DateTimeFormat('en-US', {
          timeZone: zone,
          weekday: 'short',
          hour: 'numeric',
          minute: 'numeric',
          hourCycle: 'h23',
        }).formatToParts(moment);
        const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
        const minutes = Number(part('hour')) * 60 + Number(part('minute'));
        const weekday = !['Sat', 'Sun'].includes(part('weekday'));
        expect(isWorking(moment, hours, zone)).toBe(weekday && minutes >= from && minutes < to);
      }),
      { numRuns: 500 },
    );
  });
});
