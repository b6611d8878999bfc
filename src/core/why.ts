import type { AlertPicture } from './alert.ts';
import type { Account } from './lead.ts';

/**
 * What came of a lead that turned hot. Each crossing has exactly one.
 * - card, rollup: it opened an alert, shown as a card or as a row of a roll-up · silent: nothing was shown, as
 *   FIRST_RUN says · joined: a colleague's alert · returned: to its own alert, within the re-arm time
 * - not-a-fit, snoozed: its company's alert was on hold · merged: its company continues under another domain
 * - personal: no company is known · not-shown: `lead_dashboard` doesn't show it · set-aside: its row can't be read
 * - brief: it was no longer hot when the bot looked · waiting: the next poll decides
 * - unknown: from before the bot noted it
 */
export const FATES = [
  'card',
  'rollup',
  'joined',
  'returned',
  'not-a-fit',
  'snoozed',
  'merged',
  'silent',
  'personal',
  'not-shown',
  'set-aside',
  'brief',
  'waiting',
  'unknown',
] as const;
export type Fate = (typeof FATES)[number];

/** How many crossings had each fate. A fate without any is missing. */
export type FateCounts = Readonly<Partial<Record<Fate, number>>>;

/** One time that a lead of the company turned hot. */
export interface Crossing {
  at: Date;
  /** The developer's name or address; null if it is no longer known. Text from outside: escape it. */
  who: string | null;
  score: number | null;
  fate: Fate;
  alertId: string | null;
  /** When the hold ends or ended that kept it from being news. */
  until: Date | null;
  /** The message that showed its alert first; null without one, or once it is forgotten. */
  message: {
    kind: 'card' | 'rollup';
    channel: string;
    postedAt: Date | null;
    /** `gone`: deleted in Slack, or given up. `dead`: Slack refuses it. */
    state: 'pending' | 'unclear' | 'posted' | 'gone' | 'dead';
  } | null;
}

/** Whom a company should look for. */
export interface WhyQuery {
  /** Account keys or domains, tried in order. */
  keys: readonly string[];
  /** Addresses of developers, tried first. */
  emails: readonly string[];
}

/** A developer, as far as there is no more to say. Text from outside: escape it. */
interface Someone {
  who: string | null;
  score: number | null;
}

/** What the bot did about a company, and didn't. */
export interface Why {
  account: Account;
  /** The developer, if no company is known. Text from outside: escape it. */
  person: string | null;
  /** Its open or newest alert. */
  current: AlertPicture | null;
  /** Newest first, at most 20. */
  crossings: readonly Crossing[];
  /** The best score of the company over time, oldest first, one a day, at most 20. */
  history: readonly ScoreAt[];
  /** Hot and in no open alert: the next poll takes them. */
  waiting: readonly Someone[];
  /** Hot, but their rows can't be used. `fields`: names of columns, or the SQLSTATE of the whole row. Never values. */
  setAside: readonly (Someone & { fields: readonly string[] })[];
  /** Developers whom lead_dashboard doesn't show. */
  hidden: readonly (Someone & { isHot: boolean })[];
  /** When the first poll was over; null before. What turned hot earlier is not known. */
  watchingSince: Date | null;
  /** Whether the trigger stands that notes each score. Without it, what was hot only briefly is not known. */
  hasTrigger: boolean;
}

export interface ScoreAt {
  at: Date;
  score: number;
}

const MOST_DAYS = 20;

/** The best score of several developers at the end of each UTC day on which it changed: oldest first, the newest 20. */
export function bestScores(known: readonly (ScoreAt & { of: string })[]): ScoreAt[] {
  const latest = new Map<string, number>();
  const days: ScoreAt[] = [];
  for (const { of, at, score } of known.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    latest.set(of, score);
    const best = { at, score: Math.max(...latest.values()) };
    const last = days.at(-1);
    if (last !== undefined && dayOf(last.at) === dayOf(at)) days[days.length - 1] = best;
    else days.push(best);
  }
  return days.filter(({ score }, n) => score !== days[n - 1]?.score).slice(-MOST_DAYS);
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
