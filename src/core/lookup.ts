import type { AccountPicture, AlertPicture } from './alert.ts';
import type { Tier } from './lead.ts';
import type { ListFilter } from './list-filter.ts';

/** A company that resembles the query. */
export interface NearMatch {
  accountKey: string;
  name: string;
  domain: string | null;
  totalScore: number | null;
  tier: Tier | null;
}

/** Matches are counted up to here; one more means "more than this". */
export const MAX_COUNTED = 100;

export type LookupResult =
  | { kind: 'found'; picture: AccountPicture }
  /** The first of `fitting` matching companies, or near matches if `fitting` is 0. */
  | { kind: 'near'; matches: readonly NearMatch[]; fitting: number }
  /** `isMailProvider`: a domain in the query gives out addresses to anyone, so it is no company's. */
  | { kind: 'none'; isMailProvider?: boolean };

/**
 * `hot` and `mine` are commands; `unclaimed` and `claimed` continue a section of a digest; `rollup` lists all alerts
 * of a roll-up.
 */
export const LIST_KINDS = ['hot', 'mine', 'unclaimed', 'claimed', 'rollup'] as const;
type ListKind = (typeof LIST_KINDS)[number];

/** A page of a list, as encoded in a button's value. */
export interface ListPage {
  kind: ListKind;
  offset: number;
  /** The posted digest or roll-up that the list continues; null otherwise. */
  messageId: string | null;
  /** Only of `hot` and `mine`. */
  filter?: ListFilter | undefined;
}

/** Rows on a page of a private list. */
export const PAGE_ROWS = 15;

/** Rows per section of a digest. lead_bot.digest_rows must agree. */
export const DIGEST_ROWS = { unclaimed: 12, claimed: 8, done: 8 } as const;

/** One page of `total` alerts. */
export interface AlertList {
  alerts: readonly AlertPicture[];
  total: number;
}
