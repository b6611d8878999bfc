import { tz } from '@date-fns/tz';
// Not from 'date-fns' itself: docs/performance.md says what that loads.
import { addMinutes } from 'date-fns/addMinutes';
import { millisecondsInDay, minutesInDay, minutesInHour } from 'date-fns/constants';
import { startOfMinute } from 'date-fns/startOfMinute';
import { subMinutes } from 'date-fns/subMinutes';
import { createTask } from 'node-cron';
import type { Digests } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';

/** A digest that could not be made on time is made within this time after it, or not at all. */
const CATCH_UP_MINUTES = 6 * minutesInHour;
/** How far a bot that starts looks back for one that was missed. */
const LOOK_BACK_MINUTES = minutesInDay;

export interface DueDigest {
  /** ISO calendar date, on the clock of the zone. */
  localDate: string;
  /** The minute in which it was due. */
  at: Date;
}

/**
 * The newest digest that is due at `now`: the last minute of the past six hours (or as many minutes as
 * told), on the clock of that zone, that the schedule names; null when there was none.
 *
 * The schedule is compared with wall-clock minutes and not with instants, so a time that the change
 * to summer time skips is still due when the clock has passed it.
 */
export function dueDigest(
  schedule: string,
  timeZone: string,
  now: Date,
  withinMinutes = CATCH_UP_MINUTES,
): DueDigest | null {
  const wall = wallMinute(now, timeZone);
  const names = minutesOf(schedule);
  for (let back = 0; back <= withinMinutes; back++) {
    const minute = subMinutes(wall, back);
    if (names(minute)) {
      return {
        localDate: minute.toISOString().slice(0, 10),
        at: subMinutes(startOfMinute(now), back),
      };
    }
  }
  return null;
}

/** The minute that clocks in a zone show, as if it were one in UTC. */
function wallMinute(now: Date, timeZone: string): Date {
  // A date with a zone says that zone's clock time: 2026-03-02T09:00:00.000+01:00.
  return new Date(`${tz(timeZone)(now).toISOString().slice(0, 16)}Z`);
}

/** Two leap years, also across a year like 2100 that is none. */
const LOOK_AHEAD_DAYS = 366 * 12;
/** More than any zone has ever changed its clocks by, but for a change of the date itself. */
const CLOCK_CHANGE_MINUTES = 3 * minutesInHour;

/**
 * When the next digests come: at most one a date, so the first time of each that the schedule names. Fewer than
 * `count` when it names no more days within twelve years.
 */
export function nextDigests(
  schedule: string,
  timeZone: string,
  now: Date,
  count: number,
): readonly Date[] {
  const wall = wallMinute(now, timeZone);
  const names = minutesOf(schedule);
  // Most days are told by one look instead of 1,440.
  const day = minutesOf(`0 0 ${schedule.trim().split(/\s+/).slice(-3).join(' ')}`);
  const found: Date[] = [];
  const midnight = startOfUTCDay(wall);
  for (let ahead = 0; ahead < LOOK_AHEAD_DAYS && found.length < count; ahead++) {
    const date = addMinutes(midnight, ahead * minutesInDay);
    if (!day(date)) continue;
    for (let minute = 0; minute < minutesInDay; minute++) {
      const at = addMinutes(date, minute);
      if (!names(at)) continue;
      // One that was due today already is the digest of today.
      if (at > wall) found.push(firstInstantOf(at, timeZone));
      break;
    }
  }
  return found;
}

/** When the next three digests come, for the one who runs the bot. */
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
    ? 'None: DIGEST_SCHEDULE names no day of the next twelve years'
    : `${next.map(inWords).join(', ')} (${timeZone})`;
}

const startOfUTCDay = (at: Date): Date =>
  new Date(at.getTime() - (at.getTime() % millisecondsInDay));

/** When clocks in the zone first show this minute, or have passed it because a change skips it. */
function firstInstantOf(wall: Date, timeZone: string): Date {
  const shiftAt = (at: Date): number => wallMinute(at, timeZone).getTime() - at.getTime();
  const shifts = [-1, 1].map((days) => shiftAt(addMinutes(wall, days * minutesInDay)));
  let at = subMinutes(wall.getTime() - Math.max(...shifts), CLOCK_CHANGE_MINUTES);
  while (wallMinute(at, timeZone) < wall) at = addMinutes(at, 1);
  return at;
}

type NamesMinute = (minute: Date) => boolean;
const known = new Map<string, NamesMinute>();

/** Whether a schedule names a minute, in UTC. A bot has one schedule and its days, so each is read once. */
function minutesOf(schedule: string): NamesMinute {
  let names = known.get(schedule);
  if (names === undefined) {
    // Seconds may be given and mean nothing here: a sixth field would be compared with second 0.
    const minutes = schedule.trim().split(/\s+/).slice(-5).join(' ');
    const tasks = splitLikeCrontab(minutes).map((one) =>
      createTask(one, () => {}, { timezone: 'UTC' }),
    );
    names = (minute) => tasks.some((task) => task.match(minute));
    known.set(schedule, names);
  }
  return names;
}

/**
 * With a day of the month and a weekday, crontab means either; node-cron wants both at once. A field that begins
 * with a star restricts nothing (crontab(5)).
 * @returns expressions of five fields, each to be read by node-cron; what one of them names is meant
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
  timeZone: string;
  log: Log;
  wake: () => void;
}

/**
 * Makes the function that requests a digest when one is due. The row with the channel and the date
 * decides that there is one, however many replicas ask and however often.
 */
export function createDigestCheck(deps: DigestDeps): (now: Date) => Promise<void> {
  const { digests, channel, schedule, timeZone, log, wake } = deps;
  let done: string | null = null;
  let started = false;
  return async (now) => {
    const due = dueDigest(schedule, timeZone, now, started ? CATCH_UP_MINUTES : LOOK_BACK_MINUTES);
    if (due === null || due.localDate === done) return;
    const { localDate } = due;
    const outcome = await digests.request(channel, localDate, due.at);
    started = true;
    // A later minute of the same day may be due after the first poll.
    if (outcome === 'too-early' || outcome === 'before-first-poll') return;
    done = localDate;
    if (outcome === 'too-late') log.warn('a digest was missed', { channel, localDate });
    if (outcome !== 'made') return;
    log.info('digest', { channel, localDate });
    wake();
  };
}
