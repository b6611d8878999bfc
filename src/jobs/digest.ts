import { tz } from '@date-fns/tz';
// Not from 'date-fns' itself: docs/performance.md says what that loads.
import { addMinutes } from 'date-fns/addMinutes';
import { millisecondsInDay, minutesInDay, minutesInHour } from 'date-fns/constants';
import { startOfMinute } from 'date-fns/startOfMinute';
import { subMinutes } from 'date-fns/subMinutes';
import { createTask } from 'node-cron';
import type { Digests } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';

/** How late a digest may be. */
const CATCH_UP_MINUTES = 6 * minutesInHour;
/** How far back a starting bot looks, to log a missed digest. */
const LOOK_BACK_MINUTES = minutesInDay;

export interface DueDigest {
  /** ISO date in the zone. */
  localDate: string;
  at: Date;
}

/**
 * The newest digest due at `now`: the last minute within `withinMinutes` that matches the schedule; null if none does.
 *
 * The schedule is matched against wall-clock minutes, not instants, so a time skipped by the change to summer
 * time is due once the clock has passed it.
 */
export function dueDigest(
  schedule: string,
  timeZone: string,
  now: Date,
  withinMinutes = CATCH_UP_MINUTES,
): DueDigest | null {
  const wall = wallMinute(now, timeZone);
  const matches = matcherOf(schedule);
  const matchesHour = matcherOf(anyMinute(schedule));
  for (let back = 0; back <= withinMinutes; back++) {
    const minute = subMinutes(wall, back);
    const isNewHour = back === 0 || minute.getUTCMinutes() === minutesInHour - 1;
    if (isNewHour && !matchesHour(minute)) {
      // To the first minute of that hour.
      back += minute.getUTCMinutes();
    } else if (matches(minute)) {
      return {
        localDate: minute.toISOString().slice(0, 10),
        at: subMinutes(startOfMinute(now), back),
      };
    }
  }
  return null;
}

/** The wall-clock minute in the zone, as if it were UTC. */
function wallMinute(now: Date, timeZone: string): Date {
  // toISOString() of a date with a zone is that zone's time: 2026-03-02T09:00:00.000+01:00.
  return new Date(`${tz(timeZone)(now).toISOString().slice(0, 16)}Z`);
}

/** Always includes a February 29, even around 2100, which is no leap year. */
const LOOK_AHEAD_DAYS = 366 * 12;
/** More than any clock change, except a move across the date line. */
const CLOCK_CHANGE_MINUTES = 3 * minutesInHour;

/**
 * When the next digests are due. There is one a day, so only the first matching minute of a day counts. Returns fewer
 * than `count` if the schedule matches no more days within twelve years.
 */
export function nextDigests(
  schedule: string,
  timeZone: string,
  now: Date,
  count: number,
): readonly Date[] {
  const wall = wallMinute(now, timeZone);
  const matches = matcherOf(schedule);
  // Rules out most days with one match instead of 1,440.
  const matchesDay = matcherOf(`0 0 ${lastFields(schedule, 3)}`);
  const matchesHour = matcherOf(anyMinute(schedule));
  const firstOn = (date: Date): Date | null => {
    for (let minute = 0; minute < minutesInDay; minute++) {
      const at = addMinutes(date, minute);
      if (minute % minutesInHour === 0 && !matchesHour(at)) minute += minutesInHour - 1;
      else if (matches(at)) return at;
    }
    return null;
  };
  const found: Date[] = [];
  const midnight = startOfUTCDay(wall);
  for (let ahead = 0; ahead < LOOK_AHEAD_DAYS && found.length < count; ahead++) {
    const date = addMinutes(midnight, ahead * minutesInDay);
    const at = matchesDay(date) ? firstOn(date) : null;
    // If it has passed, today's digest is done.
    if (at !== null && at > wall) found.push(firstInstantOf(at, timeZone));
  }
  return found;
}

/** The next three digests in words, for the operator. */
export function describeNextDigests(schedule: string, timeZone: string, now: Date): string {
  const form = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const inWords = (at: Date): string => {
    const part = (wanted: string) =>
      form.formatToParts(at).find(({ type }) => type === wanted)?.value ?? '';
    return `${part('weekday')} ${part('day')} ${part('month')} ${part('year')} at ${part('hour')}:${part('minute')}`;
  };
  const next = nextDigests(schedule, timeZone, now, 3);
  return next.length === 0
    ? 'none, because DIGEST_SCHEDULE matches no day in the next twelve years'
    : `${next.map(inWords).join(', ')} (${timeZone})`;
}

const startOfUTCDay = (at: Date): Date =>
  new Date(at.getTime() - (at.getTime() % millisecondsInDay));

/** The first instant at which clocks in the zone show this minute, or have skipped it. */
function firstInstantOf(wall: Date, timeZone: string): Date {
  const shiftAt = (at: Date): number => wallMinute(at, timeZone).getTime() - at.getTime();
  const shifts = [-1, 1].map((days) => shiftAt(addMinutes(wall, days * minutesInDay)));
  let at = subMinutes(wall.getTime() - Math.max(...shifts), CLOCK_CHANGE_MINUTES);
  while (wallMinute(at, timeZone) < wall) at = addMinutes(at, 1);
  return at;
}

const lastFields = (schedule: string, count: number): string =>
  schedule.trim().split(/\s+/).slice(-count).join(' ');

/** A match takes some 0.1 ms, so hours are ruled out first. */
const anyMinute = (schedule: string): string => `* ${lastFields(schedule, 4)}`;

type MatchesMinute = (minute: Date) => boolean;
const matchers = new Map<string, MatchesMinute>();

/** Parses a schedule, to match minutes in UTC. Cached. */
function matcherOf(schedule: string): MatchesMinute {
  let matches = matchers.get(schedule);
  if (matches === undefined) {
    // Drop the seconds: node-cron would match them against second 0.
    const minutes = lastFields(schedule, 5);
    const tasks = splitLikeCrontab(minutes).map((one) =>
      createTask(one, () => {}, { timezone: 'UTC' }),
    );
    matches = (minute) => tasks.some((task) => task.match(minute));
    matchers.set(schedule, matches);
  }
  return matches;
}

/**
 * Given both a day of the month and a weekday, crontab(5) matches either and node-cron only both. A field that
 * starts with a star doesn't count.
 * @returns five-field expressions for node-cron; a minute that matches one of them is due
 */
function splitLikeCrontab(minutes: string): readonly string[] {
  const [minute, hour, day = '*', month, weekday = '*'] = minutes.split(' ');
  if (day.startsWith('*') || weekday.startsWith('*')) return [minutes];
  return [`${minute} ${hour} ${day} ${month} *`, `${minute} ${hour} * ${month} ${weekday}`];
}

export interface DigestDeps {
  digests: Digests;
  channel: string;
  schedule: string;
  /** Whether to post one that has nothing to say. */
  postEmpty?: boolean;
  timeZone: string;
  log: Log;
  wake: () => void;
}

/**
 * Returns a job that requests a digest when one is due. The row for channel and date makes it happen once, however
 * often replicas ask.
 */
export function createDigestCheck(deps: DigestDeps): (now: Date) => Promise<void> {
  const { digests, channel, schedule, postEmpty, timeZone, log, wake } = deps;
  let done: string | null = null;
  let started = false;
  return async (now) => {
    const due = dueDigest(schedule, timeZone, now, started ? CATCH_UP_MINUTES : LOOK_BACK_MINUTES);
    if (due === null || due.localDate === done) return;
    const { localDate } = due;
    const outcome = await digests.request(channel, localDate, due.at, postEmpty);
    started = true;
    // Not done: a later minute of the same day may be due after the first poll.
    if (outcome === 'too-early' || outcome === 'before-first-poll') return;
    done = localDate;
    if (outcome === 'too-late') log.warn('a digest was missed', { channel, localDate });
    if (outcome === 'nothing') log.info('a digest had nothing to say', { channel, localDate });
    if (outcome !== 'made') return;
    log.info('digest', { channel, localDate });
    wake();
  };
}
