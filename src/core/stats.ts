import type { NotAFitReason, OutcomeKind } from './alert.ts';
import type { FateCounts } from './why.ts';

/** Days that `/lead stats` can cover. */
export const STATS_DAYS = [7, 30, 90] as const;
export type StatsDays = (typeof STATS_DAYS)[number];

const PERIODS: ReadonlyMap<string, StatsDays> = new Map([
  ['', 30],
  ['week', 7],
  ['month', 30],
  ['quarter', 90],
]);

/** The days that the words after `/lead stats` mean: `90d`, `7 days`, `week`; null if they can't be read. */
export function statsDaysIn(words: string): StatsDays | null {
  const plain = words
    .trim()
    .toLowerCase()
    .replace(/^last\b\s*/, '');
  const [, digits] = /^(\d{1,3})\s?(?:d|days?)?$/.exec(plain) ?? [];
  return digits === undefined
    ? (PERIODS.get(plain) ?? null)
    : (STATS_DAYS.find((days) => days === Number(digits)) ?? null);
}

/** Durations of a step, by the clock, in seconds; null without any. */
export interface Times {
  median: number | null;
  /** Nine in ten took no longer. */
  p90: number | null;
}

/** How many were in time, of those with a deadline that is over or was met. */
export interface InTime {
  of: number;
  inTime: number;
}

/** What came of a set of alerts. Counts of alerts. */
export interface Tally {
  alerts: number;
  claimed: number;
  contacted: number;
  /** From the opening of the alert. */
  toClaim: Times;
  /** From the claim. */
  toContact: Times;
  /** Null if none had a deadline. */
  claimedInTime: InTime | null;
  contactedInTime: InTime | null;
  outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  notAFit: number;
}

export interface Stats {
  from: Date;
  to: Date;
  all: Tally;
  /** Slack user ids. An alert is with whoever has it, or had it last. Most alerts first, at most 100. */
  byPerson: readonly { user: string; tally: Tally }[];
  /** Channel ids, if there are several. Most alerts first, at most 20. */
  byChannel: readonly { channel: string; tally: Tally }[];
  reasons: Readonly<Partial<Record<NotAFitReason, number>>>;
  /**
   * What spoke for the lead when it turned hot, and how often that was wrong. Most alerts first, at most 20. A word of the
   * pipeline: escape it.
   */
  bySignal: readonly { signal: string; alerts: number; notAFit: number }[];
  /** `from` 80: 80 to 84 points; 95: 95 to 100. */
  byScore: readonly { from: number; alerts: number; notAFit: number }[];
  /** All leads that turned hot, by what came of it. */
  crossings: FateCounts;
}

/** What one AE did in 30 days. */
export interface MyNumbers {
  claimed: number;
  contacted: number;
  toClaim: number | null;
  /** Medians by the clock, in seconds; null without any. */
  toContact: number | null;
  outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
}

/** A week of alerts, for the digest. */
export interface Week {
  from: Date;
  to: Date;
  alerts: number;
  claimed: number;
  contacted: number;
  notAFit: number;
  /** Median by the clock, in seconds; null without any. */
  toClaim: number | null;
  crossings: FateCounts;
}
