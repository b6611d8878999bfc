import type { AlertPicture } from './alert.ts';

/** One day's digest. Its rows are fixed when it is made, but each shows the alert as it is now. */
export interface Digest {
  /** Message id; null for a preview. */
  id: string | null;
  /** ISO calendar date in the bot's time zone. */
  localDate: string;
  madeAt: Date;
  /** When the previous digest was made; null for the first. */
  since: Date | null;
  unclaimed: readonly AlertPicture[];
  claimed: readonly AlertPicture[];
  /** Contacted since the last digest. */
  contacted: readonly AlertPicture[];
  /** Cooled since the last digest, never contacted. */
  cooled: readonly AlertPicture[];
  /** Counts of all alerts. A section may show fewer rows. */
  counts: { unclaimed: number; claimed: number; contacted: number; cooled: number; opened: number };
}
