import { addMilliseconds } from 'date-fns/addMilliseconds';
import { millisecondsInMinute } from 'date-fns/constants';
import { min } from 'date-fns/min';
import type { Offer } from '../core/alert.ts';
import { backoff } from '../core/backoff.ts';
import type { Absences, DueOffer, Offers, OwnerLookup, UserGroup } from '../core/ports.ts';
import { addWorking } from '../core/working-time.ts';
import type { Log } from '../ops/log.ts';
import { type AvailabilityDeps, availability } from './availability.ts';
import { type Clock, systemClock } from './clock.ts';
import { createOnceAnHour } from './once-an-hour.ts';

/** What the database returns at most. The rest waits for the next poll. */
const BATCH = 50;
/** A stop waits for a run. What is left stays due. */
const BUDGET_MS = 10_000;
/** After Slack answered about none of the leads. The next new one may wait as long. */
const FIRST_BACK_OFF_MS = 5_000;
const LONGEST_BACK_OFF_MS = millisecondsInMinute;

export interface OfferDeps extends AvailabilityDeps {
  offers: Offers;
  absences: Pick<Absences, 'among'>;
  owners: OwnerLookup;
  /** The user group whose members take turns; null for none. */
  rotation: UserGroup | null;
  /** Working time for which an AE has first call; 0 for no offers. */
  firstCallMs: number;
  log: Log;
  /** Called when messages may be due. */
  wake: () => void;
  clock?: Clock;
}

type Choice =
  | { kind: 'offer'; holder: string; source: Offer['source']; until: Date; insteadOf?: string }
  /** Until someone is at work; null: there is no one to choose. */
  | { kind: 'wait'; until: Date | null }
  /** Slack didn't answer. */
  | { kind: 'unknown' };

/** An alert to offer, and the time by the database's clock. */
interface Case extends DueOffer {
  at: Date;
}

const NO_ONE: Choice = { kind: 'wait', until: null };
const UNKNOWN: Choice = { kind: 'unknown' };

/**
 * Returns a job that gives someone first call on each new lead: its account owner, else the next in the rotation who
 * is at work. Until then, anyone can claim it. Several bots may run it at once: the database takes the first answer.
 */
export function createOfferJob(deps: OfferDeps): () => Promise<void> {
  const { offers, absences, owners, rotation, firstCallMs, hours, log } = deps;
  const clock = deps.clock ?? systemClock;
  const isNews = createOnceAnHour(clock);
  let failures = 0;
  let failed: ReadonlySet<string> = new Set();
  let notBefore = Number.NEGATIVE_INFINITY;

  const firstCall = (at: Date, timeZone: string): Date =>
    addWorking(at, firstCallMs, hours, timeZone);

  /** Null if the owner, or whoever covers for them, can't get it. */
  async function chooseOwner(one: Case): Promise<Choice | null> {
    const { alertId, ownerEmail: email, had, at } = one;
    if (email === null) return null;
    const report = (reason: string): void => {
      if (!isNews(email, reason)) return;
      log.warn('a lead is not offered to its account owner, who cannot get leads', {
        alertId,
        reason,
      });
    };
    const owner = await owners.find(email);
    if ('why' in owner) {
      if (owner.why === 'unknown') report('not_in_slack');
      if (owner.why === 'refused') report(owner.code);
      return null;
    }
    const { user } = owner;
    if (had.includes(user)) return null;
    const [absence] = await absences.among([user]);
    if (absence === undefined) {
      const found = await availability(deps, user, one.alertId, at);
      if (!('why' in found)) return offerOrWait(user, found, at);
      if (found.why === 'unchecked') return UNKNOWN;
      report(found.why);
      return null;
    }
    const { cover } = absence;
    if (cover === null || had.includes(cover)) return null;
    // Covers are not followed further.
    if ((await absences.among([cover])).length > 0) return null;
    const found = await availability(deps, cover, one.alertId, at);
    if ('why' in found) return found.why === 'unchecked' ? UNKNOWN : null;
    return offerOrWait(cover, found, at, user);
  }

  function offerOrWait(
    holder: string,
    { from, timeZone }: { from: Date; timeZone: string },
    at: Date,
    insteadOf?: string,
  ): Choice {
    if (from > at) return { kind: 'wait', until: from };
    const offer = { holder, source: 'owner', until: firstCall(at, timeZone) } as const;
    return { kind: 'offer', ...offer, ...(insteadOf !== undefined && { insteadOf }) };
  }

  async function chooseFromRotation(one: Case): Promise<Choice> {
    const { had, at } = one;
    const members = (await rotation?.members()) ?? null;
    if (members === null) return NO_ONE;
    if (members.size === 0 && isNews('ROTATION', 'empty')) {
      log.warn('the user group of ROTATION is empty, so anyone can claim its leads');
    }
    const left = [...members].filter((user) => !had.includes(user));
    if (left.length === 0) return NO_ONE;
    const awayUntil = new Map(
      (await absences.among(left)).map(({ person, until }) => [person, until]),
    );
    const found = await Promise.all(
      left.map(async (user) => ({
        user,
        ...(await availability(deps, user, one.alertId, at, awayUntil.get(user))),
      })),
    );
    const free = found.filter((each) => 'from' in each);
    const atWork = free.filter(({ from }) => from <= at);
    const holder = await nextOf(atWork.map(({ user }) => user));
    const chosen = atWork.find(({ user }) => user === holder);
    if (chosen !== undefined) {
      const { user, timeZone } = chosen;
      const until = firstCall(at, timeZone);
      return { kind: 'offer', holder: user, source: 'rotation', until };
    }
    if (found.some((each) => 'why' in each && each.why === 'unchecked')) return UNKNOWN;
    // After a pass it goes on to someone who is at work, else to everyone.
    return free.length === 0 || had.length > 0
      ? NO_ONE
      : { kind: 'wait', until: min(free.map(({ from }) => from)) };
  }

  const nextOf = async (people: readonly string[]): Promise<string | null> =>
    people.length === 0 ? null : offers.nextInRotation(people);

  async function choose(one: Case): Promise<Choice> {
    if (firstCallMs === 0) return NO_ONE;
    return (await chooseOwner(one)) ?? (await chooseFromRotation(one));
  }

  async function carryOut(alertId: string, choice: Exclude<Choice, { kind: 'unknown' }>) {
    if (choice.kind === 'wait') return offers.defer(alertId, choice.until);
    const { holder, source, until, insteadOf } = choice;
    if (await offers.make(alertId, holder, source, until, insteadOf)) {
      log.info('offer', { alertId, user: holder, kind: source });
    }
  }

  return async () => {
    if (clock.now() < notBefore) return;
    const { now, alerts } = await offers.due(BATCH);
    const askedAt = clock.now();
    const open = new Set<string>();
    let tried = 0;
    let cause: unknown;
    // So that those which fail slowly don't use up the time of others.
    const othersFirst = alerts.toSorted(
      (one, other) => Number(failed.has(one.alertId)) - Number(failed.has(other.alertId)),
    );
    for (const due of othersFirst) {
      const passedMs = clock.now() - askedAt;
      if (passedMs > BUDGET_MS) break;
      tried += 1;
      try {
        const choice = await choose({ ...due, at: addMilliseconds(now, passedMs) });
        if (choice.kind === 'unknown') open.add(due.alertId);
        else await carryOut(due.alertId, choice);
      } catch (error) {
        open.add(due.alertId);
        cause ??= error;
      }
    }
    if (alerts.length > 0) deps.wake();
    failed = open;
    const isFirst = failures === 0;
    if (open.size === 0) failures = 0;
    // Slack answers about other leads: those to come needn't wait for these.
    else if (open.size < tried) failures = 1;
    else failures += 1;
    if (failures === 0) return;
    notBefore = clock.now() + backoff(failures, FIRST_BACK_OFF_MS, LONGEST_BACK_OFF_MS);
    if (!isNews('first call', 'open') && !isFirst) return;
    log.warn('could not choose who gets first call, so anyone can claim these leads for now', {
      count: open.size,
      ...(cause !== undefined && { error: cause }),
    });
  };
}
