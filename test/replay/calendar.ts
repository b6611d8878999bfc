import { parseHolidays, parseShifts, type WorkingHours } from '../../src/core/working-time.ts';

const QUARTER_MS = 15 * 60_000;
const OPENS_AT = 9 * 60;
const CLOSES_AT = 18 * 60;

/** Good Friday and Easter Monday. */
export const HOLIDAYS = ['2026-04-03', '2026-04-06'];
export const WORKING_DAY_MS = (CLOSES_AT - OPENS_AT) * 60_000;

/** WORKING_HOURS and HOLIDAYS as the bot reads them. */
export function workingHours(shifts = 'Mon-Fri 09:00-18:00'): WorkingHours {
  const parsed = parseShifts(shifts);
  const holidays = parseHolidays(HOLIDAYS.join(' '));
  if (parsed === null || holidays === null) throw new Error('the calendar cannot be read');
  return { shifts: parsed, holidays };
}

interface Wall {
  /** ISO date. */
  date: string;
  weekday: string;
  /** Since midnight. */
  minutes: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in the zone shows. */
export function wallOf(at: number, timeZone: string): Wall {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    weekday: part('weekday'),
    minutes: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

export function isWorkingTime(at: number, timeZone: string): boolean {
  const { date, weekday, minutes } = wallOf(at, timeZone);
  if (weekday === 'Sat' || weekday === 'Sun' || HOLIDAYS.includes(date)) return false;
  return minutes >= OPENS_AT && minutes < CLOSES_AT;
}

/** Working time of a zone, counted in quarters of an hour: not the bot's arithmetic, so that it checks that. */
export class WorkClock {
  readonly #startsAt: number;
  /** Working quarters before each quarter. */
  readonly #before: number[] = [0];

  constructor(timeZone: string, startsAt: number, endsAt: number) {
    this.#startsAt = startsAt;
    let count = 0;
    for (let at = startsAt; at < endsAt; at += QUARTER_MS) {
      if (isWorkingTime(at, timeZone)) count += 1;
      this.#before.push(count);
    }
  }

  /** Working time between two moments, in ms. */
  between(from: number, to: number): number {
    return Math.max(0, this.#until(to) - this.#until(from));
  }

  /** `at` itself at work, else when work next begins; null if the run is over by then. */
  next(at: number): number | null {
    const here = this.#quarter(at);
    for (let quarter = here; quarter < this.#before.length - 1; quarter++) {
      if (this.#isWorking(quarter)) {
        return quarter === here ? at : this.#startsAt + quarter * QUARTER_MS;
      }
    }
    return null;
  }

  #until(at: number): number {
    const quarter = this.#quarter(at);
    const begun = at - (this.#startsAt + quarter * QUARTER_MS);
    const before = this.#before[quarter] ?? 0;
    return before * QUARTER_MS + (this.#isWorking(quarter) ? begun : 0);
  }

  #isWorking = (quarter: number): boolean =>
    (this.#before[quarter + 1] ?? 0) > (this.#before[quarter] ?? 0);

  #quarter(at: number): number {
    const quarter = Math.floor((at - this.#startsAt) / QUARTER_MS);
    return Math.min(Math.max(0, quarter), this.#before.length - 1);
  }
}
