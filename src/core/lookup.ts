import type { AccountPicture, AlertPicture } from './alert.ts';
import type { Tier } from './lead.ts';

/** A company that resembles what was asked for. */
export interface NearMatch {
  accountKey: string;
  name: string;
  domain: string | null;
  totalScore: number | null;
  tier: Tier | null;
}

/** As far as companies that fit are counted; one more stands for all that are more. */
export const MOST_COUNTED = 100;

export type LookupResult =
  | { kind: 'found'; picture: AccountPicture }
  /** `fitting` companies fit, of which these are the first; when none does, these are close. */
  | { kind: 'near'; matches: readonly NearMatch[]; fitting: number }
  | { kind: 'none' };

/** `/lead hot` and `/lead mine`: at most `alerts.length` rows of `total`. */
export interface AlertList {
  alerts: readonly AlertPicture[];
  total: number;
}
