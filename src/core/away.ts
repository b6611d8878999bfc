import { TZDate, tz } from '@date-fns/tz';
// Imported by path: docs/performance.md has what all of date-fns costs.
import { addDays } from 'date-fns/addDays';
import { addMonths } from 'date-fns/addMonths';
import { addWeeks } from 'date-fns/addWeeks';
import { addYears } from 'date-fns/addYears';
import { getDate } from 'date-fns/getDate';
import { getDay } from 'date-fns/getDay';
import { getMonth } from 'date-fns/getMonth';
import { getYear } from 'date-fns/getYear';
import { startOfDay } from 'date-fns/startOfDay';
import { subMonths } from 'date-fns/subMonths';
import { nextWorking, type WorkingHours } from './working-time.ts';

/** An AE who is away now. */
export interface Absence {
  person: string;
  until: Date;
  /** Who gets first call in their place. */
  cover: string | null;
}

/** What an AE says after `/lead away`. */
export type AwayWords =
  | { kind: 'away'; until: Date; cover: string | null }
  | { kind: 'unreadable'; asked: string }
  | { kind: 'past' }
  | { kind: 'too-far' }
  /** What stands after `cover` is not a mention. Empty if nothing does. */
  | { kind: 'unknown-cover'; asked: string };

const COVER = /(?:\b(?:and|with) )?\bcover(?:ed)?(?: by)?\b:? ?(<[^<>]*>|[^\s<>,;]+)?/i;
const MENTION = /^<@([UW][A-Z0-9]{1,39})(?:\|[^<>]*)?>$/;

/**
 * Reads `until Monday cover <@U0BEN|ben>` in the AE's time zone. An absence ends when work begins on that day or, if
 * it is a day off, on the next day of work.
 * @param words plain text, but for mentions as Slack escapes them
 * @throws RangeError for an invalid time zone
 */
export function readAway(
  words: string,
  now: Date,
  timeZone: string,
  hours: WorkingHours,
): AwayWords {
  const line = words.replace(/\s+/g, ' ');
  const [covering = '', name = ''] = COVER.exec(line) ?? [];
  const cover = MENTION.exec(name)?.[1] ?? null;
  if (covering !== '' && cover === null) return { kind: 'unknown-cover', asked: name };

  const asked = line
    .replace(covering, ' ')
    .replace(/[\s,]+/g, ' ')
    .replace(/[ .!"'`*”’)]{1,4}$/, '')
    .trim();
  const today = startOfDay(tz(timeZone)(now));
  const day = dayIn(asked.toLowerCase(), today);
  if (day === null) return { kind: 'unreadable', asked };
  // A plain date: a `TZDate` prints its zone's local time.
  const until = new Date(+nextWorking(day, hours, timeZone));
  if (day < today || until <= now) return { kind: 'past' };
  return until > addYears(now, 1) ? { kind: 'too-far' } : { kind: 'away', until, cover };
}

/** Local days are `TZDate`s at midnight: date-fns then counts in their zone. */
function dayIn(asked: string, today: TZDate): TZDate | null {
  if (asked === 'today') return addDays(today, 1);
  const length = /^(?:for )?(\d{1,3}|an?|one) (day|week|month)s?$/.exec(asked);
  if (length !== null) return dayAfter(today, length[1] ?? '', length[2] ?? '');
  // Without "until", a day may be when they leave, or the only one.
  const back = /^(?:until|till?) (.+?)(?: morning)?$/.exec(asked)?.[1];
  return back === undefined ? null : namedDay(back, today);
}

/** Today counts: whoever is away for a day is back tomorrow. */
function dayAfter(today: TZDate, count: string, unit: string): TZDate {
  const many = /^\d/.test(count) ? Number(count) : 1;
  switch (unit) {
    case 'day':
      return addDays(today, many);
    case 'week':
      return addWeeks(today, many);
    default:
      return addMonths(today, many);
  }
}

const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const MONTHS =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MONTH_FIRST = /^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?$/;
const DAY_FIRST = /^(?:the )?(\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?([a-z]{3,9})\.?(?: (\d{4}))?$/;

/** `thurs` is Thursday. -1 if it is none, or shorter than three letters. */
const named = (names: readonly string[], asked: string): number =>
  asked.length < 3 ? -1 : names.findIndex((name) => name.startsWith(asked));

function namedDay(asked: string, today: TZDate): TZDate | null {
  if (asked === 'today') return today;
  if (asked === 'tomorrow') return addDays(today, 1);
  const weekday = named(WEEKDAYS, asked);
  if (weekday >= 0) return comingDay(today, weekday);
  const ofNextWeek = /^next ([a-z]{3,9})$/.exec(asked)?.[1];
  if (ofNextWeek !== undefined) {
    const day = ofNextWeek === 'week' ? 1 : named(WEEKDAYS, ofNextWeek);
    return day < 0 ? null : addDays(comingDay(today, 1), (day + 6) % 7);
  }
  const iso = ISO_DATE.exec(asked);
  if (iso !== null) return calendarDay(today, Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]));
  const [, month = '', day, year] = MONTH_FIRST.exec(asked) ?? swapped(DAY_FIRST.exec(asked)) ?? [];
  const at = named(MONTHS, month);
  if (at < 0) return null;
  if (year !== undefined) return calendarDay(today, Number(year), at, Number(day));
  const thisYear = calendarDay(today, getYear(today), at, Number(day));
  // In November, `Jan 5` is next year's, and `Nov 2` a mistake.
  if (thisYear !== null && thisYear >= subMonths(today, 3)) return thisYear;
  return calendarDay(today, getYear(today) + 1, at, Number(day));
}

/** On a Monday, Monday is a week ahead. */
const comingDay = (today: TZDate, weekday: number): TZDate =>
  addDays(today, ((weekday - getDay(today) + 6) % 7) + 1);

const swapped = (found: RegExpExecArray | null) =>
  found && [found[0], found[2], found[1], found[3]];

/** Midnight in the zone of `today`; null for February 30. */
function calendarDay(today: TZDate, year: number, month: number, day: number): TZDate | null {
  const date = startOfDay(new TZDate(year, month, day, today.timeZone));
  return getYear(date) === year && getMonth(date) === month && getDate(date) === day ? date : null;
}
