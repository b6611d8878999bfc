import type { AlertPicture, OutcomeKind } from './alert.ts';
import type { Week } from './stats.ts';

/**
 * One day's digest. Everything in it is of one moment, when it was last drawn. Which alerts it lists is fixed when it
 * is made; each is in the section where it belongs at that moment.
 */
export interface Digest {
  /** Message id; null for a preview. */
  id: string | null;
  /** ISO calendar date in the bot's time zone. */
  localDate: string;
  asOf: Date;
  /** When the previous digest was made; null for the first. */
  since: Date | null;
  /** The queue: to be claimed, and claimed but not contacted. */
  unclaimed: readonly AlertPicture[];
  claimed: readonly AlertPicture[];
  /** Contacted since the last digest, for the first time or again, or with a new outcome. */
  contacted: readonly AlertPicture[];
  /** The rest has left the queue since the last digest. */
  notAFit: readonly AlertPicture[];
  snoozed: readonly AlertPicture[];
  cooled: readonly AlertPicture[];
  /** Counts of all alerts. A section may show fewer rows. */
  counts: {
    unclaimed: number;
    claimed: number;
    contacted: number;
    notAFit: number;
    snoozed: number;
    cooled: number;
  };
  changes: DigestChanges;
  /** New outcomes since the last digest. */
  outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  /** The seven days before the first digest of a calendar week; null in all others. */
  week: Week | null;
}

/** How the queue changed: `before + opened + back`, less all the others, is what it is now. */
export interface DigestChanges {
  /** Its size when the previous digest was made; null if unknown. */
  before: number | null;
  opened: number;
  /** Woke up, or came back by an undo. */
  back: number;
  contacted: number;
  notAFit: number;
  snoozed: number;
  cooled: number;
  /** Its company turned out to be that of another alert. */
  merged: number;
  erased: number;
}
