import type { Account } from './lead.ts';

/**
 * `open` nobody has it · `claimed` one AE has it · `contacted` that AE has reached out ·
 * `cooled` the account was out of hot for the re-arm time before anyone reached out ·
 * `merged` another alert turned out to be of the same company, and goes on.
 * `cooled`, `merged` and a closed `contacted` are final; heat after that is a new alert.
 */
type AlertStatus = 'open' | 'claimed' | 'contacted' | 'cooled' | 'merged';

export const CONTACT_METHODS = ['email', 'call', 'linkedin', 'meeting', 'other'] as const;
export type ContactMethod = (typeof CONTACT_METHODS)[number];

export interface Alert {
  id: string;
  accountKey: string;
  status: AlertStatus;
  openedAt: Date;
  /** It was hot at the bot's very first poll already: since when is not known. */
  hotAtFirstPoll: boolean;
  closedAt: Date | null;
  /** Slack user id (`U…` or `W…`) of the AE who has the claim, kept after the alert is closed. */
  owner: string | null;
  claimedAt: Date | null;
  contactedAt: Date | null;
  contactMethod: ContactMethod | null;
  /** What the AE typed. Text from outside: escape it. */
  contactNote: string | null;
  /** Since when none of the account's leads has been hot; null while one is. */
  coolingSince: Date | null;
  /** The alert of the same company that goes on in its place, and where that one's card stands in Slack. */
  mergedInto: { alertId: string; card: { channel: string; ts: string } | null } | null;
}

type AlertEventKind =
  | 'opened'
  | 'joined'
  | 'left'
  | 'returned'
  | 'claimed'
  | 'released'
  | 'contacted'
  | 'cooled'
  | 'moved'
  | 'merged'
  | 'absorbed';

/** One line of the append-only history. */
export interface AlertEvent {
  at: Date;
  kind: AlertEventKind;
  /** Slack user id, or null when the bot did it. */
  actor: string | null;
  /**
   * A lead's name or e-mail address for joined, left, returned and moved; the method for contacted;
   * `domain` for a company that has moved as a whole.
   */
  detail: string | null;
}

/** How an earlier alert of the same account ended. */
export interface PastAlert {
  openedAt: Date;
  closedAt: Date;
  status: AlertStatus;
  owner: string | null;
  contactedAt: Date | null;
}

/** An alert with everything that its card, its modal and its digest line show. */
export interface AlertPicture {
  alert: Alert;
  account: Account;
  /** Oldest first, at most the newest 50. */
  events: readonly AlertEvent[];
  past: PastAlert | null;
}

/** A company looked up by an AE: with its open or newest alert, if there ever was one. */
export interface AccountPicture {
  account: Account;
  current: AlertPicture | null;
}

/** Why a gesture was refused. Each carries what the AE needs to be told. */
export type Refusal =
  | { why: 'not-found' }
  | { why: 'already-yours'; picture: AlertPicture }
  | { why: 'claimed-by-other'; owner: string; claimedAt: Date; picture: AlertPicture }
  | { why: 'not-yours'; owner: string | null; picture: AlertPicture }
  | { why: 'already-contacted'; owner: string | null; contactedAt: Date; picture: AlertPicture }
  | { why: 'over'; picture: AlertPicture };

export type GestureResult = { ok: true; picture: AlertPicture } | { ok: false; refusal: Refusal };
