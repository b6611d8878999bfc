// Never from 'date-fns' itself, and never `format`: see docs/performance.md for what they load.
import { tz } from '@date-fns/tz';
import { millisecondsInDay, millisecondsInHour, millisecondsInMinute } from 'date-fns/constants';
import { differenceInSeconds } from 'date-fns/differenceInSeconds';
import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import { getUnixTime } from 'date-fns/getUnixTime';
import { isSameDay } from 'date-fns/isSameDay';
import { isValid } from 'date-fns/isValid';
import { parseISO } from 'date-fns/parseISO';

/** `2.8M`, `940k`, `850`. Rounds down to one decimal, so 999,999 is `999.9k` and not `1000k`. */
export function compact(value: number): string {
  for (const [size, unit] of [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(value) < size) continue;
    const scaled = Math.trunc((value / size) * 10) / 10;
    return `${String(scaled)}${unit}`;
  }
  return String(Math.trunc(value));
}

/** `1 project`, `2.8M API calls`; null if the number is missing or not finite. */
export function amount(value: number | null, one: string, many = `${one}s`): string | null {
  if (value === null || !Number.isFinite(value)) return null;
  return `${compact(value)} ${value === 1 ? one : many}`;
}

/** `$45M`; null for zero or unknown. */
export function money(usd: number | null): string | null {
  return usd !== null && Number.isFinite(usd) && usd > 0 ? `$${compact(usd)}` : null;
}

/**
 * `+250%`, `−8%`, `+4.5%`: one decimal below ten. Null for no growth, because the lead tables also store 0 when calls
 * grew from none.
 */
export function growth(percent: number | null): string | null {
  if (percent === null || !Number.isFinite(percent)) return null;
  const size = Math.abs(percent);
  const shown = size < 10 ? Math.round(size * 10) / 10 : Math.round(size);
  if (shown === 0) return null;
  const sign = percent > 0 ? '+' : '−';
  return `${sign}${shown >= 1e6 ? compact(shown) : String(shown)}%`;
}

/** At most two decimals: `79.6`, `88.25`. */
export function points(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** `51-200` as `51–200`. */
export function range(text: string): string {
  return text.replace(/(\d)\s*-\s*(\d)/g, '$1–$2');
}

const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['ipo', 'IPO'],
  ['api growth', 'API growth'],
  ['pre_seed', 'Pre-seed'],
]);

/** `series_b` → `Series B`, `tech_migration` → `Tech migration`. */
export function humanize(code: string): string {
  const known = SPELLINGS.get(code.toLowerCase());
  if (known !== undefined) return known;
  const spaced = code.replace(/_/g, ' ').trim();
  const series = spaced.replace(/\b(series) ([a-z])\b/gi, (_, word: string, letter: string) => {
    return `${word} ${letter.toUpperCase()}`;
  });
  return series.charAt(0).toUpperCase() + series.slice(1);
}

/** How long ago something was: `4 seconds ago`, `just now`. */
export function ago(then: Date, now: Date): string {
  if (!(differenceInSeconds(now, then) >= 1)) return 'just now';
  // In UTC: a clock change of the host's zone would turn 24 hours into 0 days.
  return formatDistanceStrict(then, now, {
    addSuffix: true,
    roundingMethod: 'floor',
    in: tz('UTC'),
  });
}

/** `12 min`, `5 h`, `2 d`: rounded down, but at least a minute. */
export function duration(from: Date, to: Date): string {
  const minutes = Math.max(1, Math.floor(differenceInSeconds(to, from) / 60));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 24 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}

/** `under a minute`, `42 min`, `3 h 10 min`, `14 h`, `2 d 5 h`: rounded down. */
export function took(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return 'under a minute';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 10 && minutes % 60 > 0) return `${hours} h ${minutes % 60} min`;
  if (hours < 48) return `${hours} h`;
  return hours % 24 > 0 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`;
}

/** As it follows *half*: `within a minute`, `within 42 min`. */
export const within = (seconds: number): string =>
  `within ${seconds < 60 ? 'a minute' : took(seconds)}`;

/** `90 days`, `36 hours`, `1 minute`: in the largest unit without a remainder. */
export function span(ms: number): string {
  for (const [size, unit] of [
    [millisecondsInDay, 'day'],
    [millisecondsInHour, 'hour'],
    [millisecondsInMinute, 'minute'],
  ] as const) {
    if (ms % size === 0) return `${ms / size} ${unit}${ms === size ? '' : 's'}`;
  }
  return `${ms / 1_000} seconds`;
}

/** `8 working hours`, `90 working minutes`: never in days, which are shorter at work. */
export function workingSpan(ms: number): string {
  const [count, unit] =
    ms % millisecondsInHour === 0
      ? [ms / millisecondsInHour, 'hour']
      : [Math.round(ms / millisecondsInMinute), 'minute'];
  return `${count} working ${unit}${count === 1 ? '' : 's'}`;
}

/**
 * A time in the reader's time zone. Clients without date support show the fallback, which names its zone.
 * @param after the word before it: Slack writes "today" with a capital unless a word in the same token precedes it
 */
export function moment(
  at: Date,
  {
    timeZone = 'UTC',
    after = '',
  }: { timeZone?: string; after?: 'since' | 'until' | 'due' | 'as of' | '' } = {},
): string {
  return dateToken(at, '{date_short_pretty} at {time}', timeZone, MOMENT, after);
}

/** `Mon, Nov 30, 2026 at 9:00 AM`: a time with its weekday, which is that of this time zone. */
export function weekdayMoment(at: Date, timeZone: string): string {
  if (!isValid(at)) return '';
  const weekday = formatterOf({ weekday: 'short', timeZone }).format(at);
  return `${weekday}, ${dateToken(at, '{date_short} at {time}', timeZone, MOMENT)}`;
}

/** How long ago a time was, counted by the reader's client, so it stays current. */
export function timeAgo(at: Date): string {
  return dateToken(at, '{ago}', 'UTC', MOMENT);
}

/** A day in the reader's time zone. */
export function day(at: Date, timeZone = 'UTC'): string {
  return dateToken(at, '{date_short}', timeZone, { dateStyle: 'medium' });
}

/** `June`, or `June 2025` if that is not the year of `now`. */
export function monthOf(at: Date, now: Date): string {
  if (!isValid(at)) return '';
  const [month, sameYear] = [
    formatterOf({ month: 'long', timeZone: 'UTC' }),
    at.getUTCFullYear() === now.getUTCFullYear(),
  ];
  return sameYear ? month.format(at) : `${month.format(at)} ${at.getUTCFullYear()}`;
}

/** Two days, or one if both are the same in UTC. */
export function dateRange(from: Date, to: Date): string {
  return isSameDay(from, to, { in: tz('UTC') }) ? day(from) : `${day(from)} – ${day(to)}`;
}

const MOMENT = { dateStyle: 'medium', timeStyle: 'short' } as const;

function dateToken(
  at: Date,
  tokens: string,
  timeZone: string,
  style: Intl.DateTimeFormatOptions,
  after = '',
): string {
  if (!isValid(at)) return '';
  const lead = after === '' ? '' : `${after} `;
  const fallback = formatterOf({ ...style, timeZone }).format(at);
  return `<!date^${getUnixTime(at)}^${lead}${tokens}|${lead}${fallback} ${timeZone}>`;
}

/** Cached: creating a formatter takes longer than drawing the rest of a card. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', { ...options, hourCycle: 'h23' });
  formatters.set(key, made);
  return made;
}

/** Formats an ISO calendar date (`2026-03-02`); null if it isn't one. */
export function calendarDate(
  iso: string | null,
  style: Pick<Intl.DateTimeFormatOptions, 'weekday' | 'day' | 'month' | 'year'>,
): string | null {
  const date = iso === null ? null : parseISO(iso);
  return date !== null && isValid(date) ? formatterOf(style).format(date) : null;
}
