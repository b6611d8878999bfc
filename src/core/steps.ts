import { addMilliseconds } from 'date-fns/addMilliseconds';
import { millisecondsInDay, millisecondsInHour, millisecondsInMinute } from 'date-fns/constants';
import { max } from 'date-fns/max';
import { addWorking, nextWorking, type WorkingHours } from './working-time.ts';

/**
 * What the bot does by itself about an open alert. Each once in a period, which begins when the alert is opened,
 * claimed, handed over, kept, contacted, released or wakes.
 * - reminder: nobody has claimed it · escalation: still nobody, so managers are told
 * - warning: its owner hasn't reached out · return: still not, so it goes back to everyone
 * - kept-again: its owner has kept it twice, so managers are told
 * - follow-up: contacted, but nobody said what came of it · news: something about the company has changed
 */
export const STEP_KINDS = [
  'reminder',
  'escalation',
  'warning',
  'kept-again',
  'return',
  'follow-up',
  'news',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** Direct messages that their reader can turn off. The warning before a return isn't one of them. */
export const MUTABLE = [
  'offer',
  'hand-over',
  'morning',
  'reminder',
  'follow-up',
  'news',
  'escalation',
] as const;
export type Mutable = (typeof MUTABLE)[number];

/** Something about a company that whoever works on it doesn't know yet. Texts from outside: escape them. */
export type NewsItem =
  /** Another developer has turned hot. */
  | {
      kind: 'champion';
      who: string;
      address: string | null;
      score: number | null;
      why: string | null;
    }
  /** API calls, in per cent over the month before. */
  | { kind: 'growth-halved'; from: number; to: number }
  | { kind: 'cooled' }
  | { kind: 'hot-again' }
  | { kind: 'signal'; title: string }
  | { kind: 'decision-maker'; who: string; title: string | null }
  /** Of a contacted company: its best score has risen by 10 points or more. */
  | { kind: 'rise'; from: number; to: number };

/** Durations in ms; null for off. `claimMs` and `contactMs` are working time. */
export interface Deadlines {
  claimMs: number | null;
  contactMs: number | null;
  followUpMs: number | null;
}

/** An alert that may need a step. */
export interface StepCase {
  alertId: string;
  /** Names the state that was read, so that a later change isn't overwritten. */
  seen: string;
  /** Names the period. */
  period: string;
  /** Of its card; null for ALERT_CHANNEL. */
  channel: string | null;
  status: 'open' | 'claimed' | 'contacted';
  isHot: boolean;
  owner: string | null;
  /** When the period began. */
  waitsSince: Date;
  /** When the owner's last absence ended, if it has. */
  ownerBackAt: Date | null;
  hasOutcome: boolean;
  keeps: number;
  score: number | null;
  /** Who has first call now. */
  holder: string | null;
  hasNews: boolean;
  newsToldAt: Date | null;
  /** When the bot last did anything about it by itself. */
  lastStepAt: Date | null;
  /** Steps of this period. `deliveredAt`: when its message reached Slack. */
  taken: readonly { kind: StepKind; at: Date; deliveredAt: Date | null }[];
}

/** Since when each deadline has been set; null while it is off. Nothing older expires by it. */
export interface DeadlinesSince {
  claim: Date | null;
  contact: Date | null;
  followUp: Date | null;
}

/** A step to be taken now. */
export interface DueStep {
  alertId: string;
  kind: StepKind;
  period: string;
  /** Of a warning: when the lead goes back to everyone. */
  until: Date | null;
}

/** Who is told of a step. */
export interface StepReader {
  /** A user or, in a thread, a user group; null to mention nobody. */
  to: string | null;
  /** Not before this time. */
  at: Date;
  /** Not after this time: then the step is looked at again. */
  sendBy: Date;
}

/** When steps come. */
export interface StepRules {
  deadlines: Deadlines;
  since: DeadlinesSince;
  hours: WorkingHours;
  /** Whose working time counts while nobody has a lead. */
  timeZone: string;
}

/** The working time of whoever has a lead. */
export interface OwnerTime {
  timeZone: string;
  /** Null for someone who is there. */
  awayUntil: Date | null;
}

/** What comes next for an alert, unless something changes before. */
interface NextStep {
  /** Null: only look again then. */
  kind: StepKind | null;
  /** Null: nothing, until something changes. */
  at: Date | null;
  /** Of a warning: when the lead goes back to everyone. */
  until: Date | null;
  /** When time is up: to claim it, to contact it, to say what came of it. */
  dueAt: Date | null;
}

interface Coming {
  kind: StepKind | null;
  at: Date;
  until?: Date;
}

/** What may come, the most urgent first, and when time is up: to claim it, to contact it, to say what came of it. */
interface Ladder {
  coming: readonly Coming[];
  dueAt: Date | null;
}

interface Situation {
  one: StepCase;
  rules: StepRules;
  now: Date;
  owner: OwnerTime;
}

/** Working time between a warning and the return. */
const NOTICE_MS = 2 * millisecondsInHour;
/** Between two steps about an alert. */
const GAP_MS = millisecondsInHour;
const NEWS_EVERY_MS = millisecondsInDay;
const LOOK_FOR_DELIVERY_MS = 5 * millisecondsInMinute;
/** Managers are told when an owner keeps a lead for the second time, and then each time. */
const MANY_KEEPS = 2;

const NOTHING: Ladder = { coming: [], dueAt: null };
const LADDERS: Readonly<Record<StepCase['status'], (situation: Situation) => Ladder>> = {
  open: toBeClaimed,
  claimed: toBeContacted,
  contacted: toBeFollowedUp,
};

/** Whose working time decides what comes next; null if nobody's does. */
export function ownerInQuestion(
  { owner, status, isHot, hasNews, hasOutcome }: StepCase,
  { deadlines, since }: Pick<StepRules, 'deadlines' | 'since'>,
): string | null {
  const isOn = (ms: number | null, from: Date | null): boolean => ms !== null && from !== null;
  const mayCome =
    hasNews ||
    (isHot && status === 'claimed' && isOn(deadlines.contactMs, since.contact)) ||
    (isHot && status === 'contacted' && !hasOutcome && isOn(deadlines.followUpMs, since.followUp));
  return mayCome ? owner : null;
}

/**
 * Decides what comes next for an alert: at most one step an hour, and no return without a warning that has reached
 * Slack. What its owner is told comes within their working time; of other steps, `at` is when they are due.
 * @param without steps that can't be taken for now
 */
export function nextStep(
  one: StepCase,
  rules: StepRules,
  now: Date,
  owner: OwnerTime,
  without: ReadonlySet<StepKind> = new Set(),
): NextStep {
  const situation = { one, rules, now, owner };
  const { coming, dueAt } = one.isHot ? LADDERS[one.status](situation) : NOTHING;
  const [first, ...others] = [...coming, ...news(situation)].filter(
    ({ kind }) => kind === null || !without.has(kind),
  );
  if (first === undefined) return { kind: null, at: null, until: null, dueAt };
  // What is due already goes by urgency, the rest by time.
  const at = ({ at: time }: Coming): Date => max([time, now]);
  const next = others.reduce((best, each) => (at(each) < at(best) ? each : best), first);
  return { kind: next.kind, at: next.at, until: next.until ?? null, dueAt };
}

function toBeClaimed({ one, rules }: Situation): Ladder {
  const { claimMs } = rules.deadlines;
  if (claimMs === null || rules.since.claim === null) return NOTHING;
  const from = max([one.waitsSince, rules.since.claim]);
  const add = (ms: number): Date => addWorking(from, ms, rules.hours, rules.timeZone);
  const after = (ms: number): Date =>
    nextWorking(max([add(ms), afterLast(one)]), rules.hours, rules.timeZone);
  const dueAt = add(claimMs);
  if (!isTaken(one, 'reminder')) {
    return { coming: [{ kind: 'reminder', at: after(claimMs) }], dueAt };
  }
  if (isTaken(one, 'escalation')) return { coming: [], dueAt };
  return { coming: [{ kind: 'escalation', at: after(2 * claimMs) }], dueAt };
}

function toBeContacted(situation: Situation): Ladder {
  const { one, rules, now, owner } = situation;
  const { contactMs } = rules.deadlines;
  if (contactMs === null || rules.since.contact === null) return NOTHING;
  const from = max([one.waitsSince, rules.since.contact]);
  const add = (at: Date, ms: number): Date => addWorking(at, ms, rules.hours, owner.timeZone);
  const over = add(from, contactMs);
  const coming: Coming[] = [];
  let dueAt: Date;
  const warning = one.taken.find(({ kind }) => kind === 'warning');
  if (warning === undefined) {
    const at = inTimeOfOwner(situation, add(from, warnAfter(contactMs)));
    dueAt = max([over, add(at, NOTICE_MS)]);
    coming.push({ kind: 'warning', at, until: dueAt });
  } else if (warning.deliveredAt === null) {
    dueAt = max([over, add(warning.at, NOTICE_MS)]);
    coming.push({ kind: null, at: addMilliseconds(now, LOOK_FOR_DELIVERY_MS) });
  } else {
    // Time away doesn't count, also once they are back.
    const there = max([warning.deliveredAt, owner.awayUntil ?? from, one.ownerBackAt ?? from]);
    dueAt = max([over, add(there, NOTICE_MS)]);
    coming.push({ kind: 'return', at: inTimeOfOwner(situation, dueAt) });
  }
  if (one.keeps >= MANY_KEEPS && !isTaken(one, 'kept-again')) {
    coming.push({ kind: 'kept-again', at: afterLast(one) });
  }
  return { coming, dueAt };
}

const warnAfter = (contactMs: number): number =>
  contactMs < 2 * NOTICE_MS ? contactMs / 2 : contactMs - NOTICE_MS;

function toBeFollowedUp(situation: Situation): Ladder {
  const { one, rules } = situation;
  const { followUpMs } = rules.deadlines;
  if (followUpMs === null || rules.since.followUp === null || one.hasOutcome) return NOTHING;
  const dueAt = addMilliseconds(max([one.waitsSince, rules.since.followUp]), followUpMs);
  if (isTaken(one, 'follow-up')) return { coming: [], dueAt };
  return { coming: [{ kind: 'follow-up', at: inTimeOfOwner(situation, dueAt) }], dueAt };
}

/** While nobody has the lead, nobody is mentioned, so it comes at any time. */
function news(situation: Situation): Coming[] {
  const { one } = situation;
  if (!one.hasNews) return [];
  const earliest = one.newsToldAt === null ? null : addMilliseconds(one.newsToldAt, NEWS_EVERY_MS);
  const at = max([afterLast(one), earliest ?? one.waitsSince]);
  return [{ kind: 'news', at: one.status === 'open' ? at : inTimeOfOwner(situation, at) }];
}

/** What was missed is made up for at work. */
const inTimeOfOwner = ({ one, rules, now, owner }: Situation, at: Date): Date =>
  nextWorking(max([at, now, afterLast(one), owner.awayUntil ?? now]), rules.hours, owner.timeZone);

const afterLast = ({ lastStepAt, waitsSince }: StepCase): Date =>
  lastStepAt === null ? waitsSince : addMilliseconds(lastStepAt, GAP_MS);

const isTaken = ({ taken }: StepCase, step: StepKind): boolean =>
  taken.some(({ kind }) => kind === step);
