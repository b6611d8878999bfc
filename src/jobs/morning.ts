import { tz } from '@date-fns/tz';
import { addMilliseconds } from 'date-fns/addMilliseconds';
import { millisecondsInHour } from 'date-fns/constants';
import { min } from 'date-fns/min';
import { set } from 'date-fns/set';
import { localDate } from '../core/local-date.ts';
import type { Absences, AccessCheck, Mornings } from '../core/ports.ts';
import { nextWorking, type WorkingHours, workingUntil } from '../core/working-time.ts';
import type { Log } from '../ops/log.ts';
import { type Clock, systemClock } from './clock.ts';
import { createOnceAnHour } from './once-an-hour.ts';

/** Local time, or later, when someone begins to work. */
const HOUR = 9;
/** For how long after that a bot that was down makes up for it. */
const LATE_MS = 3 * millisecondsInHour;
/** A stop waits for a run. The next one tells the rest. */
const BUDGET_MS = 10_000;
const WAIT_MS = 1_000;

export interface MorningDeps {
  mornings: Mornings;
  absences: Pick<Absences, 'among'>;
  accessCheck: AccessCheck;
  hours: WorkingHours;
  /** Of AEs for whom Slack reports none. */
  timeZone: string;
  log: Log;
  /** Called when messages may be due. */
  wake: () => void;
  clock?: Clock;
}

export interface MorningJob {
  /** Tells everyone whose morning it is what they have to do. */
  tellAll(): Promise<void>;
  /** The same for one person, who isn't away. Never rejects. */
  tell(person: string): Promise<void>;
}

/** The database sees to it that nobody is told twice a day, and nobody who has nothing to do. */
export function createMorningJob(deps: MorningDeps): MorningJob {
  const { mornings, absences, accessCheck, hours, log, wake } = deps;
  const clock = deps.clock ?? systemClock;
  const isNews = createOnceAnHour(clock);
  /** By person, the day that is done. */
  const done = new Map<string, string>();
  /** Mornings before this are over: what someone gets during the day, they know. */
  let askedUntil: Date | null = null;
  let unanswered: ReadonlySet<string> = new Set();

  /** False if Slack must be asked again. */
  async function tellOne(person: string): Promise<boolean> {
    // Whoever has no morning now needs no question, as long as their zone is known.
    const known = accessCheck.timeZoneOf(person);
    if (known !== null && toTell(person, known) === null) return true;
    const decision = await accessCheck.decide(person, WAIT_MS);
    if ('why' in decision) return decision.why !== 'unchecked';
    const morning = toTell(person, accessCheck.timeZoneOf(person) ?? deps.timeZone);
    if (morning === null) return true;
    if (await mornings.want(person, morning.today, morning.until)) {
      log.info('morning', { user: person });
      wake();
    }
    done.set(person, morning.today);
    return true;
  }

  function toTell(person: string, timeZone: string): { today: string; until: Date } | null {
    const now = new Date(clock.wall());
    const today = localDate(now, timeZone);
    if (done.get(person) === today) return null;
    const morning = morningOf(now, hours, timeZone);
    if (morning === null) return null;
    const isOver = askedUntil !== null && morning.from <= askedUntil && !unanswered.has(person);
    return isOver ? null : { today, until: morning.until };
  }

  return {
    async tellAll() {
      const startedAt = clock.now();
      const from = new Date(clock.wall());
      const people = await mornings.people();
      const away = new Set((await absences.among(people)).map(({ person }) => person));
      const open = new Set<string>();
      let cause: unknown;
      for (const person of people.filter((each) => !away.has(each))) {
        if (clock.now() - startedAt > BUDGET_MS) open.add(person);
        else {
          try {
            if (!(await tellOne(person))) open.add(person);
          } catch (error) {
            open.add(person);
            cause ??= error;
          }
        }
      }
      askedUntil = from;
      unanswered = open;
      if (open.size === 0 || !isNews('mornings', 'open')) return;
      log.warn('could not tell some AEs what they have to do today, later runs try again', {
        count: open.size,
        ...(cause !== undefined && { error: cause }),
      });
    },

    async tell(person) {
      await tellOne(person).catch((error: unknown) => {
        if (!isNews('morning', 'failed')) return;
        log.warn('could not tell an AE what they have to do today, later runs try again', {
          error,
        });
      });
    },
  };
}

/** Someone's morning, if it is now: from 9:00, or when their work begins. */
function morningOf(
  now: Date,
  hours: WorkingHours,
  timeZone: string,
): { from: Date; until: Date } | null {
  const nine = new Date(
    +set(tz(timeZone)(now), { hours: HOUR, minutes: 0, seconds: 0, milliseconds: 0 }),
  );
  const from = nextWorking(nine, hours, timeZone);
  const until = min([addMilliseconds(from, LATE_MS), workingUntil(now, hours, timeZone)]);
  const isAtWork = +nextWorking(now, hours, timeZone) === +now;
  return isAtWork && from <= now && now < until ? { from, until } : null;
}
