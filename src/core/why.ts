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
}

/** What the bot did about a company, and didn't. */
export interface Why {
  account: Account;
  /** Its open or newest alert. */
  current: AlertPicture | null;
  /** Newest first, at most 20. */
  crossings: readonly Crossing[];
  /** The best score of the company over time, oldest first, at most 20. */
  history: readonly { at: Date; score: number }[];
  /** Whether the trigger stands that notes each score. Without it, what was hot only briefly is not known. */
  hasTrigger: boolean;
}
