import type { NotAFitReason, OutcomeKind } from './alert.ts';
import type { FateCounts } from './why.ts';

/** Days that `/lead stats` can cover. */
export const STATS_DAYS = [7, 30, 90] as const;
export type StatsDays = (typeof STATS_DAYS)[number];

/** Durations of a step, by the clock, in seconds; null without any. */
export interface Times {
  median: number | null;
  p90: number | null;
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
  /** Of those with a deadline; null while none is set. */
  claimedInTime: { of: number; inTime: number } | null;
  contactedInTime: { of: number; inTime: number } | null;
  outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  notAFit: number;
}

export interface Stats {
  from: Date;
  to: Date;
  all: Tally;
  /** Slack user ids. Most alerts first, at most 20. */
  byPerson: readonly { user: string; tally: Tally }[];
  /** Channel ids. Most alerts first, at most 20. */
  byChannel: readonly { channel: string; tally: Tally }[];
  reasons: Readonly<Partial<Record<NotAFitReason, number>>>;
  /** What spoke for the lead when it turned hot, and how often that was wrong. A word of the pipeline: escape it. */
  bySignal: readonly { signal: string; alerts: number; notAFit: number }[];
  /** `80-84`, `85-89`, … */
  byScore: readonly { band: string; alerts: number; notAFit: number }[];
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
