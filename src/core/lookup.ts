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
export const MAX_COUNTED = 100;

export type LookupResult =
  | { kind: 'found'; picture: AccountPicture }
  /** `fitting` companies fit, of which these are the first; when none does, these are close. */
  | { kind: 'near'; matches: readonly NearMatch[]; fitting: number }
  | { kind: 'none' };

/**
 * `hot` and `mine` are commands; `unclaimed` and `claimed` go on where a section of a digest ends; `rollup` is
 * all that a roll-up stands for.
 */
export const LIST_KINDS = ['hot', 'mine', 'unclaimed', 'claimed', 'rollup'] as const;
type ListKind = (typeof LIST_KINDS)[number];

/** A page of a list, as a button names it. */
export interface ListPage {
  kind: ListKind;
  offset: number;
  /** The digest or roll-up of the channel that the list goes on from; null for lists that stand alone. */
  messageId: string | null;
}

/** Rows of a private list. */
export const PAGE_ROWS = 15;

/** Rows of a digest's sections: lead_bot.digest_rows has the same figures. */
export const DIGEST_ROWS = { unclaimed: 12, claimed: 8, done: 8 } as const;

/** `/lead hot` and `/lead mine`: at most `alerts.length` rows of `total`. */
export interface AlertList {
  alerts: readonly AlertPicture[];
  total: number;
}
