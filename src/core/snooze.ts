import { TZDate, tz } from '@date-fns/tz';
// Imported by path: docs/performance.md has what all of date-fns costs.
import { addDays } from 'date-fns/addDays';
import { addHours } from 'date-fns/addHours';
import { nextMonday } from 'date-fns/nextMonday';
import { set } from 'date-fns/set';

export const SNOOZE_CHOICES = ['hour', 'tomorrow', 'monday', 'date'] as const;
export type SnoozeChoice = (typeof SNOOZE_CHOICES)[number];

const MORNING = { hours: 9, minutes: 0, seconds: 0, milliseconds: 0 };

/** When a snooze ends, by the clock of the AE's own time zone. */
export function snoozeEnd(
  choice: Exclude<SnoozeChoice, 'date'>,
  now: Date,
  timeZone: string,
): Date {
  const local = tz(timeZone)(now);
  switch (choice) {
    case 'hour':
      return addHours(now, 1);
    case 'tomorrow':
      return instant(set(addDays(local, 1), MORNING));
    case 'monday':
      return instant(set(nextMonday(local), MORNING));
  }
}

/** 9:00 on a date (`2026-03-02`) in a time zone. @throws RangeError for an invalid date or zone */
export function morningOf(date: string, timeZone: string): Date {
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = date.split('-').map(Number);
  return instant(TZDate.tz(timeZone, year, month - 1, day, MORNING.hours));
}

/** A plain date: a `TZDate` prints its zone's local time. */
function instant(date: Date): Date {
  if (Number.isNaN(+date)) throw new RangeError('A morning needs a valid date and time zone.');
  return new Date(+date);
}
