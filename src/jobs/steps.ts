import { addDays } from 'date-fns/addDays';
import { addMinutes } from 'date-fns/addMinutes';
import { millisecondsInMinute } from 'date-fns/constants';
import { max } from 'date-fns/max';
import { min } from 'date-fns/min';
import { backoff } from '../core/backoff.ts';
import type { Absences, AccessCheck, Managers, Steps, UserGroup } from '../core/ports.ts';
import {
  type Deadlines,
  type DueStep,
  nextStep,
  type OwnerTime,
  ownerInQuestion,
  type StepCase,
  type StepKind,
  type StepReader,
  type StepRules,
} from '../core/steps.ts';
import { nextWorking, workingUntil } from '../core/working-time.ts';
import type { Log } from '../ops/log.ts';
import { type AvailabilityDeps, availability } from './availability.ts';
import { type Clock, systemClock } from './clock.ts';
import type { MorningJob } from './morning.ts';
import { createOnceAnHour } from './once-an-hour.ts';

/** What the database returns at most. */
const BATCH = 50;
/** A stop waits for a run. What is left stays due, or is again in a minute. */
const BUDGET_MS = 10_000;
const LOOK_BUDGET_MS = 5_000;
const MAX_BATCHES = 200;
/** More steps of one reader at once are one message. */
const MAX_APART = 3;
/** Per call. */
const MAX_TOGETHER = 500;
const WAIT_MS = 1_000;
const FIRST_BACK_OFF_MS = 5_000;
const LONGEST_BACK_OFF_MS = millisecondsInMinute;

/** Whom reminders mention while nobody has first call. */
export type OnDuty = { user: string } | { id: string; group: UserGroup };

export interface StepDeps extends AvailabilityDeps {
  steps: Steps;
  deadlines: Deadlines;
  absences: Pick<Absences, 'among'>;
  accessCheck: AccessCheck;
  managers: Pick<Managers, 'all'>;
  onDuty: OnDuty | null;
  /** Someone's morning goes before their steps, so that nothing is told twice. */
  mornings: Pick<MorningJob, 'tell'>;
  log: Log;
  /** Called when messages may be due. */
  wake: () => void;
  clock?: Clock;
}

/** Who is told of a step, now. */
interface Audience {
  readers: readonly StepReader[];
  /** Steps with the same one may be told together. */
  group: string;
  /** The AE who is told; null for managers, and for everyone in a thread. */
  person: string | null;
}

/** `unknown`: Slack didn't answer · `nobody`: without anybody to tell, the step isn't taken. */
type Found =
  | { kind: 'now'; audience: Audience }
  | { kind: 'later'; at: Date }
  | { kind: 'unknown' | 'nobody' };

interface Taking {
  step: DueStep;
  channel: string | null;
  score: number | null;
  audience: Audience;
}

type Decision =
  | { kind: 'take'; taking: Taking; dueAt: Date | null }
  | { kind: 'defer'; at: Date | null; dueAt: Date | null }
  /** Slack didn't answer. */
  | { kind: 'unknown'; dueAt: Date | null };

const UNKNOWN = { kind: 'unknown' } as const;
/** Nobody is mentioned, so there is nothing to save by telling them together. */
const NEWS_FOR_ALL = 'news';

/** The first of a message about several. */
const BY_URGENCY: readonly StepKind[] = [
  'return',
  'warning',
  'escalation',
  'kept-again',
  'reminder',
  'follow-up',
  'news',
];

/**
 * Returns a job that takes the steps that open alerts need. Several bots may run it at once: the database takes each
 * step once, if it still applies. What can't be taken is looked at again in a minute, and delays nothing else.
 */
export function createStepJob(deps: StepDeps): () => Promise<void> {
  const { steps, deadlines, absences, accessCheck, onDuty, hours, timeZone, log } = deps;
  const clock = deps.clock ?? systemClock;
  const isNews = createOnceAnHour(clock);
  let failures = 0;
  let notBefore = Number.NEGATIVE_INFINITY;

  /** Who is away until when, and the working time of owners, for one batch. */
  function createPeople(now: Date) {
    const away = new Map<string, Date>();
    const asked = new Set<string>();
    const times = new Map<string, Promise<OwnerTime | null>>();
    let managers: Promise<readonly string[]> | undefined;

    async function ask(user: string): Promise<OwnerTime | null> {
      const decision = await accessCheck.decide(user, WAIT_MS);
      if ('why' in decision && decision.why === 'unchecked') return null;
      const isGone = 'why' in decision && decision.why === 'deactivated';
      // Whoever has left doesn't come back.
      if (isGone) return { timeZone, awayUntil: null };
      return {
        timeZone: accessCheck.timeZoneOf(user) ?? timeZone,
        awayUntil: away.get(user) ?? null,
      };
    }

    async function load(users: readonly string[]): Promise<void> {
      const others = [...new Set(users)].filter((user) => !asked.has(user));
      if (others.length === 0) return;
      for (const { person, until } of await absences.among(others)) away.set(person, until);
      for (const user of others) asked.add(user);
    }

    async function loadManagers(): Promise<readonly string[]> {
      const all = await deps.managers.all();
      await load(all);
      return all;
    }

    return {
      load,
      /** Asked for once, however many alerts are escalated. */
      managers(): Promise<readonly string[]> {
        managers ??= loadManagers();
        return managers;
      },
      awayUntil: (user: string): Date | undefined => away.get(user),
      /** Null if Slack doesn't answer. */
      timeOf(user: string): Promise<OwnerTime | null> {
        const time = times.get(user) ?? ask(user);
        times.set(user, time);
        return time;
      },
      availability: (user: string, alertId: string) =>
        availability(deps, user, alertId, now, away.get(user)),
    };
  }
  type People = ReturnType<typeof createPeople>;

  /** For a reader who is not at work, later. */
  function reached(
    to: string | null,
    now: Date,
    zone: string,
    awayUntil: Date | null = null,
  ): Found {
    const at = nextWorking(max([now, awayUntil ?? now]), hours, zone);
    if (at > now) return { kind: 'later', at };
    const person = to === null || to.startsWith('S') ? null : to;
    return {
      kind: 'now',
      audience: {
        readers: [{ to, at, sendBy: workingUntil(at, hours, zone) }],
        group: `to ${to}`,
        person,
      },
    };
  }

  async function toRemind(
    { alertId, holder }: StepCase,
    now: Date,
    people: People,
  ): Promise<Found> {
    if (holder !== null) {
      const time = await people.timeOf(holder);
      return time === null ? UNKNOWN : reached(holder, now, time.timeZone, time.awayUntil);
    }
    if (onDuty === null) return reached(null, now, timeZone);
    if ('group' in onDuty) {
      // A mention needs no scope, so it is made even if the group can't be read.
      const members = await onDuty.group.members().catch(() => null);
      if (members?.size !== 0) return reached(onDuty.id, now, timeZone);
      reportDuty('the user group of ON_DUTY is empty, so reminders mention nobody', 'empty');
      return reached(null, now, timeZone);
    }
    const { user } = onDuty;
    if (people.awayUntil(user) !== undefined) return reached(null, now, timeZone);
    const found = await people.availability(user, alertId);
    if (!('why' in found)) return reached(user, now, found.timeZone);
    if (found.why === 'unchecked') return UNKNOWN;
    // Of some leads they may be out of reach, which the doctor notes.
    if (found.why !== 'other-channel') {
      reportDuty('ON_DUTY cannot get leads, so reminders mention nobody', found.why);
    }
    return reached(null, now, timeZone);
  }

  function reportDuty(event: string, reason: string): void {
    if (isNews('ON_DUTY', reason)) log.warn(event, { reason });
  }

  /** Each at their own time; those who are away only if all are. */
  async function managersOf({ alertId }: StepCase, people: People): Promise<Found> {
    const all = await people.managers();
    const found = await Promise.all(
      all.map(async (user) => ({ user, ...(await people.availability(user, alertId)) })),
    );
    const fit = found.filter((each) => 'from' in each);
    if (fit.length === 0) {
      if (found.some((each) => 'why' in each && each.why === 'unchecked')) return UNKNOWN;
      reportManagers(all.length === 0 ? 'empty' : 'not_admitted');
      return { kind: 'nobody' };
    }
    const there = fit.filter(({ user }) => people.awayUntil(user) === undefined);
    const told = there.length > 0 ? there : fit;
    const readers = told.map(({ user, from, timeZone: zone }) => ({
      to: user,
      at: from,
      sendBy: workingUntil(from, hours, zone),
    }));
    const group = `managers ${told.map(({ user }) => user).join()}`;
    return { kind: 'now', audience: { readers, group, person: null } };
  }

  function reportManagers(reason: string): void {
    if (!isNews('MANAGERS', reason)) return;
    log.warn('no manager can be told about leads that wait, the next try is tomorrow', {
      reason,
      advice:
        'Set MANAGERS to people who may work on these leads, or to a user group of them. npm run doctor checks it.',
    });
  }

  async function audienceOf(
    one: StepCase,
    kind: StepKind,
    now: Date,
    owner: OwnerTime,
    people: People,
  ): Promise<Found> {
    switch (kind) {
      case 'reminder':
        return toRemind(one, now, people);
      case 'escalation':
      case 'kept-again':
        return managersOf(one, people);
      case 'news':
        if (one.owner === null) return toAll(now);
        return reached(one.owner, now, owner.timeZone, owner.awayUntil);
      case 'warning':
      case 'return':
      case 'follow-up':
        return reached(one.owner, now, owner.timeZone, owner.awayUntil);
    }
  }

  /** At any time: nobody is mentioned. */
  const toAll = (now: Date): Found => ({
    kind: 'now',
    audience: {
      readers: [{ to: null, at: now, sendBy: workingUntil(now, hours, timeZone) }],
      group: NEWS_FOR_ALL,
      person: null,
    },
  });

  async function decide(
    one: StepCase,
    rules: StepRules,
    now: Date,
    people: People,
  ): Promise<Decision> {
    const asked = ownerInQuestion(one, rules);
    const inTeamTime: OwnerTime = { timeZone, awayUntil: null };
    const owner = asked === null ? inTeamTime : await people.timeOf(asked);
    if (owner === null) return { ...UNKNOWN, dueAt: nextStep(one, rules, now, inTeamTime).dueAt };
    const without = new Set<StepKind>();
    let again: Date | null = null;
    for (;;) {
      const { kind, at, until, dueAt } = nextStep(one, rules, now, owner, without);
      if (kind === null || at === null || at > now) {
        return { kind: 'defer', at: earliest(at, again), dueAt };
      }
      const found = await audienceOf(one, kind, now, owner, people);
      if (found.kind === 'unknown') return { ...UNKNOWN, dueAt };
      if (found.kind === 'now') {
        const { alertId, period, channel, score } = one;
        const step = { alertId, kind, period, until };
        return { kind: 'take', taking: { step, channel, score, audience: found.audience }, dueAt };
      }
      // Another step may come before.
      without.add(kind);
      again = earliest(again, found.kind === 'later' ? found.at : addDays(now, 1));
    }
  }

  async function run(): Promise<void> {
    const startedAt = clock.now();
    const isOver = (budgetMs = BUDGET_MS): boolean => clock.now() - startedAt > budgetMs;
    const takings: Taking[] = [];
    let open = 0;
    let cause: unknown;
    let looked = 0;

    const look = async (): Promise<number> => {
      const { now, since, cases } = await steps.due(BATCH);
      if (cases.length === 0) return 0;
      const rules: StepRules = { deadlines, since, hours, timeZone };
      const people = createPeople(now);
      const owners = cases.map((one) => ownerInQuestion(one, rules));
      const duty = onDuty !== null && 'user' in onDuty ? onDuty.user : null;
      const concerned = [...owners, ...cases.map(({ holder }) => holder), duty];
      await people.load(concerned.filter((user) => user !== null));
      const decisions = await Promise.all(
        cases.map(async (one) => {
          try {
            return { one, ...(await decide(one, rules, now, people)) };
          } catch (error) {
            cause ??= error;
            return { one, ...UNKNOWN, dueAt: null };
          }
        }),
      );
      const inAMinute = addMinutes(now, 1);
      await steps.defer(
        decisions.map((decision) => {
          const { alertId, seen } = decision.one;
          // What is taken now, too: this bot may stop before.
          const at = decision.kind === 'defer' ? decision.at : inAMinute;
          return { alertId, seen, at, dueAt: decision.dueAt };
        }),
      );
      for (const decision of decisions) {
        if (decision.kind === 'unknown') open += 1;
        if (decision.kind === 'take') takings.push(decision.taking);
      }
      return cases.length;
    };

    /** If they can't be taken together, finds out which of them is to blame. */
    const take = async (some: readonly Taking[], together: boolean): Promise<number> => {
      const readers = some[0]?.audience.readers ?? [];
      try {
        return await steps.take(
          some.map(({ step }) => step),
          readers,
          together,
        );
      } catch (error) {
        cause ??= error;
        if (some.length === 1 || isOver()) {
          open += some.length;
          return 0;
        }
        const half = Math.ceil(some.length / 2);
        return (
          (await take(some.slice(0, half), together)) + (await take(some.slice(half), together))
        );
      }
    };

    for (let batch = 1; batch <= MAX_BATCHES; batch++) {
      const count = await look();
      looked += count;
      if (count < BATCH || isOver(LOOK_BUDGET_MS)) break;
    }
    let taken = 0;
    for (const [group, all] of Map.groupBy(takings, groupOf)) {
      if (isOver()) break;
      const { person } = all[0]?.audience ?? { person: null };
      if (person !== null) await deps.mornings.tell(person);
      const together = all.length > MAX_APART && group !== NEWS_FOR_ALL;
      const sorted = all.toSorted(byUrgency);
      for (let from = 0; from < sorted.length; from += MAX_TOGETHER) {
        taken += await take(sorted.slice(from, from + MAX_TOGETHER), together);
      }
    }
    if (taken > 0) log.info('steps', { count: taken });
    if (looked > 0) deps.wake();
    if (open > 0) report(open, cause);
  }

  function report(count: number, cause: unknown): void {
    if (!isNews('steps', 'open')) return;
    log.warn('could not do what is due about these leads, and tries again in a minute', {
      count,
      ...(cause !== undefined && { error: cause }),
    });
  }

  return async () => {
    if (clock.now() < notBefore) return;
    try {
      await run();
      failures = 0;
    } catch (error) {
      failures += 1;
      notBefore = clock.now() + backoff(failures, FIRST_BACK_OFF_MS, LONGEST_BACK_OFF_MS);
      if (!isNews('steps', 'failed')) return;
      log.warn('could not look which leads need something, and tries again', { error });
    }
  };
}

const earliest = (one: Date | null, other: Date | null): Date | null =>
  one === null || other === null ? (one ?? other) : min([one, other]);

/** Together, reminders of nobody in particular are one reply, which only its channel reads. */
const groupOf = ({ step: { kind }, channel, audience: { group, person } }: Taking): string =>
  kind === 'reminder' && person === null ? `${group} in ${channel}` : group;

const byUrgency = (one: Taking, other: Taking): number =>
  BY_URGENCY.indexOf(one.step.kind) - BY_URGENCY.indexOf(other.step.kind) ||
  (other.score ?? -1) - (one.score ?? -1);
