import { TZDate, tzOffset } from '@date-fns/tz';
// Imported by path: docs/performance.md has what all of date-fns costs.
import { addDays } from 'date-fns/addDays';
import { addMilliseconds } from 'date-fns/addMilliseconds';
import { millisecondsInDay, millisecondsInMinute } from 'date-fns/constants';
import { differenceInMilliseconds } from 'date-fns/differenceInMilliseconds';
import { getDay } from 'date-fns/getDay';
import { isValid } from 'date-fns/isValid';
import { set } from 'date-fns/set';
import { localDate } from './local-date.ts';

/** A shift that begins on these weekdays. One that ends at or before its start runs into the next day. */
export interface Shift {
  /** 0 is Sunday. */
  days: ReadonlySet<number>;
  /** Minutes since midnight, 0 to 1,439. */
  from: number;
  /** Minutes since midnight, 1 to 1,440. */
  to: number;
}

export interface WorkingHours {
  shifts: readonly [Shift, ...Shift[]];
  /** Local dates (`2026-12-25`) on which no shift begins. */
  holidays: ReadonlySet<string>;
}

const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const SHIFT = /^([a-z,-]+) (\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/;
const DAY_MINUTES = 24 * 60;

/**
 * Reads `Mon-Fri 09:00-18:00`, also `Mon,Wed 9:00-12:30` and several parts joined by `;`.
 * @returns null when it can't be read
 */
export function parseShifts(text: string): WorkingHours['shifts'] | null {
  const [first, ...rest] = text.split(';').map((part) => parseShift(part));
  if (first === undefined || first === null) return null;
  const others = rest.filter((shift) => shift !== null);
  return others.length === rest.length ? [first, ...others] : null;
}

function parseShift(text: string): Shift | null {
  const match = SHIFT.exec(text.trim().toLowerCase().replace(/\s+/g, ' '));
  if (match === null) return null;
  const [, names = '', fromHour, fromMinute, toHour, toMinute] = match;
  const days = parseDays(names);
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  const readable = Number(fromMinute) < 60 && Number(toMinute) < 60;
  if (days === null || !readable || from >= DAY_MINUTES || to > DAY_MINUTES) return null;
  if (to === 0) return { days, from, to: DAY_MINUTES };
  return from === to ? null : { days, from, to };
}

/** Counts twice where shifts overlap. */
export const minutesAWeek = (shifts: WorkingHours['shifts']): number =>
  shifts
    .map(({ days, from, to }) => days.size * (to > from ? to - from : to + DAY_MINUTES - from))
    .reduce((sum, minutes) => sum + minutes);

/** `mon-fri`, `mon,wed`, `fri-mon`; null for anything else. */
function parseDays(text: string): ReadonlySet<number> | null {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [from, to, ...more] = part.split('-').map((name) => DAY_NAMES.indexOf(name));
    const last = to ?? from;
    if (from === undefined || last === undefined || from < 0 || last < 0 || more.length > 0) {
      return null;
    }
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return days;
}

const LOCAL_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Reads `2026-12-25, 2026-12-28`; null when one of them is not a date. */
export function parseHolidays(text: string): ReadonlySet<string> | null {
  const dates = text.split(/[\s,;]+/).filter((date) => date !== '');
  const exists = (date: string) => {
    const midnight = new Date(`${date}T00:00:00Z`);
    return LOCAL_DATE.test(date) && isValid(midnight) && midnight.toISOString().startsWith(date);
  };
  return dates.every(exists) ? new Set(dates) : null;
}

interface Interval {
  start: Date;
  end: Date;
}

/**
 * Working time as instants, in order and without overlaps, from the first interval that ends after `at`.
 * Local times that a clock change skips move forward by the gap, as `Date` does.
 */
function* intervalsFrom(
  at: Date,
  hours: WorkingHours,
  timeZone: string,
): Generator<Interval, never> {
  const today = Math.floor(
    (+at + tzOffset(timeZone, at) * millisecondsInMinute) / millisecondsInDay,
  );
  if (!Number.isFinite(today)) {
    throw new RangeError('Working time needs a valid date and time zone.');
  }
  let covered = at;
  // A night shift of the day before may still run.
  for (let day = today - 1; ; day++) {
    for (const { start, end } of shiftsOn(day, hours, timeZone)) {
      if (end <= covered) continue;
      yield { start: start > covered ? start : covered, end };
      covered = end;
    }
  }
}

/** By time zone and day, since local times take long to convert. */
const known = new WeakMap<WorkingHours, Map<string, readonly Interval[]>>();
/** A few years in each of a few zones. */
const MAX_KNOWN = 5_000;

/** @param day days since 1970 of the local date */
function shiftsOn(day: number, hours: WorkingHours, timeZone: string): readonly Interval[] {
  const days = known.get(hours) ?? new Map<string, readonly Interval[]>();
  known.set(hours, days);
  const key = `${timeZone} ${day}`;
  const found = days.get(key);
  if (found !== undefined) return found;
  if (days.size >= MAX_KNOWN) days.clear();
  const intervals = intervalsOn(day, hours, timeZone);
  days.set(key, intervals);
  return intervals;
}

function intervalsOn(
  day: number,
  { shifts, holidays }: WorkingHours,
  timeZone: string,
): Interval[] {
  const utc = new Date(day * millisecondsInDay);
  const date = new TZDate(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate(), timeZone);
  if (holidays.has(localDate(date, timeZone))) return [];
  const weekday = getDay(date);
  const at = (on: Date, minutes: number): Date =>
    new Date(+set(on, { hours: Math.floor(minutes / 60), minutes: minutes % 60 }));
  return shifts
    .filter(({ days }) => days.has(weekday))
    .map(({ from, to }) => ({
      start: at(date, from),
      end: at(to > from ? date : addDays(date, 1), to),
    }))
    .filter(({ start, end }) => start < end)
    .sort((one, other) => +one.start - +other.start);
}

/** `at` itself during working hours, else when they next begin. @throws RangeError for an invalid date or zone */
export function nextWorking(at: Date, hours: WorkingHours, timeZone: string): Date {
  return intervalsFrom(at, hours, timeZone).next().value.start;
}

/**
 * When `ms` of working time will have passed. With 0 it is `at` itself, at work or not.
 * @throws RangeError for an invalid date or zone
 */
export function addWorking(at: Date, ms: number, hours: WorkingHours, timeZone: string): Date {
  if (ms <= 0) return at;
  const intervals = intervalsFrom(at, hours, timeZone);
  for (let left = ms; ; ) {
    const { start, end } = intervals.next().value;
    const length = differenceInMilliseconds(end, start);
    if (left <= length) return addMilliseconds(start, left);
    left -= length;
  }
}

/** Where work never stops, there is no other end. */
const LONGEST_MS = 24 * 3_600_000;

/**
 * When the working time ends that `at` is in, or else the next. After a day at most.
 * @throws RangeError for an invalid date or zone
 */
export function workingUntil(at: Date, hours: WorkingHours, timeZone: string): Date {
  const intervals = intervalsFrom(at, hours, timeZone);
  const first = intervals.next().value;
  const latest = addMilliseconds(first.start, LONGEST_MS);
  let { end } = first;
  while (end < latest) {
    const next = intervals.next().value;
    if (next.start > end) return end;
    end = next.end;
  }
  return latest;
}
