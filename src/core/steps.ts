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
  status: 'open' | 'claimed' | 'contacted';
  isHot: boolean;
  owner: string | null;
  /** When the period began. */
  waitsSince: Date;
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
