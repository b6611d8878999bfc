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

export type LookupResult =
  | { kind: 'found'; picture: AccountPicture }
  /** Several companies fit, or none does and these are close. */
  | { kind: 'near'; matches: readonly NearMatch[]; exact: boolean }
  | { kind: 'none' };

/** `/lead hot` and `/lead mine`: at most `alerts.length` rows of `total`. */
export interface AlertList {
  alerts: readonly AlertPicture[];
  total: number;
}
