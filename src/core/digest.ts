import type { AlertPicture } from './alert.ts';

/**
 * One day's digest. The rows of each section are fixed when the digest is made, so that the message
 * stays the same list all day; what each row says is drawn from the alert as it is now.
 */
export interface Digest {
  /** Of the message; null for a preview. */
  id: string | null;
  /** ISO calendar date in the bot's time zone. */
  localDate: string;
  madeAt: Date;
  /** When the digest before this one was made; null for the first. */
  since: Date | null;
  unclaimed: readonly AlertPicture[];
  claimed: readonly AlertPicture[];
  /** Contacted since the last digest. */
  contacted: readonly AlertPicture[];
  /** Cooled since the last digest without having been contacted. */
  cooled: readonly AlertPicture[];
  /** Counts over all alerts; a section may show fewer rows than it counts. */
  counts: { unclaimed: number; claimed: number; contacted: number; cooled: number; opened: number };
}
