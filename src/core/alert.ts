import type { Account } from './lead.ts';

/**
 * `open`: unclaimed · `claimed`: one AE owns it · `contacted`: the owner has reached out ·
 * `cooled`: not hot for the re-arm time before anyone reached out ·
 * `merged`: continues as another alert of the same company.
 * `cooled`, `merged` and a closed `contacted` are final. If the account turns hot again, that is a new alert.
 */
type AlertStatus = 'open' | 'claimed' | 'contacted' | 'cooled' | 'merged';

export const CONTACT_METHODS = ['email', 'call', 'linkedin', 'meeting', 'other'] as const;
export type ContactMethod = (typeof CONTACT_METHODS)[number];

export const NOT_A_FIT_REASONS = [
  'customer',
  'own-people',
  'competitor',
  'partner',
  'too-small',
  'duplicate',
  'student',
  'other',
] as const;
export type NotAFitReason = (typeof NOT_A_FIT_REASONS)[number];

export const OUTCOMES = ['meeting', 'no-reply', 'not-now', 'won', 'lost'] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

/** Why nobody should work on an alert for now. It keeps its status meanwhile. */
export type Hold = { by: string; at: Date; until: Date } & (
  | { kind: 'snoozed' }
  | { kind: 'not-a-fit'; reason: NotAFitReason }
);

/** What came of reaching out. `until`: for `not-now`, when to try again. */
export interface Outcome {
  kind: OutcomeKind;
  at: Date;
  until: Date | null;
}

/** What an AE wrote about an alert, or one time that they reached out. */
export interface AlertNote {
  at: Date;
  author: string;
  kind: 'note' | 'contact' | 'hand-over' | 'not-a-fit' | 'outcome';
  /** The method, reason or outcome. */
  word: string | null;
  /** What they typed. Text from outside: escape it. */
  body: string | null;
}

/** The newest gesture on an alert, while its `actor` can still undo it: for ten minutes. */
export interface Undo {
  id: string;
  kind: string;
  actor: string;
  at: Date;
}

export const OFFER_ENDS = ['claimed', 'passed', 'lapsed', 'withdrawn'] as const;

/** First call on an unclaimed lead. While it runs, only its holder and managers can claim. */
export interface Offer {
  /** Slack user id. */
  holder: string;
  /** `owner`: the lead's account owner · `rotation`: it was their turn. */
  source: 'owner' | 'rotation';
  /** The account owner who is away, and whom the holder covers for. */
  insteadOf: string | null;
  until: Date;
  /** How it ended; null while it runs. */
  ended: (typeof OFFER_ENDS)[number] | null;
  endedAt: Date | null;
}

export interface Alert {
  id: string;
  accountKey: string;
  status: AlertStatus;
  openedAt: Date;
  /** It was already hot at the bot's very first poll, so when it turned hot is unknown. */
  hotAtFirstPoll: boolean;
  closedAt: Date | null;
  /** Slack user id (`U…` or `W…`) of the AE with the claim. Kept after the alert closes. */
  owner: string | null;
  claimedAt: Date | null;
  contactedAt: Date | null;
  contactMethod: ContactMethod | null;
  /** What the AE typed. Text from outside: escape it. */
  contactNote: string | null;
  /** How often someone reached out. `contactedAt` and `contactMethod` are the last time. */
  touches: number;
  outcome: Outcome | null;
  /** A closed alert keeps the hold that it ended with. */
  hold: Hold | null;
  /** The newest, running or ended. */
  offer: Offer | null;
  /** When someone is chosen for an offer: everyone who could get it is off until then. */
  offerDueAt: Date | null;
  /** When time is up: to claim it, to contact it, to say what came of it. Null without a deadline. */
  dueAt: Date | null;
  /** How often its owner has kept it after a warning, since they claimed it. */
  keeps: number;
  /** Set until the new owner keeps it, gives it back or works on it. `from`: who had it, if anyone. */
  handedOver: { by: string; from: string | null; at: Date } | null;
  undo: Undo | null;
  /** When the account's last hot lead stopped being hot; null while one is hot. */
  coolingSince: Date | null;
  /** The alert that continues in its place, and that alert's card in Slack. */
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
  | 'absorbed'
  | 'handed-over'
  | 'outcome'
  | 'snoozed'
  | 'not-a-fit'
  | 'woke'
  | 'noted'
  | 'undone'
  | 'offered'
  | 'passed'
  | 'lapsed'
  | 'kept'
  | 'given-back'
  | 'reminded'
  | 'escalated'
  | 'warned'
  | 'expired'
  | 'asked';

/** One line of the append-only history. */
export interface AlertEvent {
  at: Date;
  kind: AlertEventKind;
  /** Slack user id; null for the bot. */
  actor: string | null;
  /**
   * For joined, left, returned and moved: the lead's name or email address, or `domain` if the whole company moved.
   * For contacted: the method. For outcome and not-a-fit: which. For undone: the gesture. For offered: the source.
   */
  detail: string | null;
  /**
   * Slack user id of the AE whom it concerns, for handed-over, given-back, offered, lapsed, and what the bot did by
   * itself. Of escalated the owner, if there is one.
   */
  target: string | null;
}

/** How an earlier alert of the same account ended. */
export interface PastAlert {
  openedAt: Date;
  closedAt: Date;
  status: AlertStatus;
  owner: string | null;
  contactedAt: Date | null;
  contactMethod: ContactMethod | null;
  hold: Hold | null;
  outcome: Outcome | null;
  /** The last thing that anyone wrote about it, at most 300 characters. Text from outside: escape it. */
  note: { author: string; body: string } | null;
}

/** An alert with everything that cards, modals and lists show. */
export interface AlertPicture {
  alert: Alert;
  account: Account;
  /** Oldest first, at most the newest 50. */
  events: readonly AlertEvent[];
  /** Oldest first, at most the newest 20. */
  notes: readonly AlertNote[];
  past: PastAlert | null;
}

/** A looked-up company with its open or newest alert, if it ever had one. */
export interface AccountPicture {
  account: Account;
  current: AlertPicture | null;
}

/** Why a gesture was refused, with what the AE needs to know. */
export type Refusal =
  | { why: 'not-found' }
  | { why: 'already-yours'; picture: AlertPicture }
  | { why: 'claimed-by-other'; owner: string; claimedAt: Date; picture: AlertPicture }
  | { why: 'not-yours'; owner: string | null; picture: AlertPicture }
  | { why: 'already-contacted'; owner: string | null; contactedAt: Date; picture: AlertPicture }
  | { why: 'over'; picture: AlertPicture }
  | { why: 'not-a-fit'; hold: Hold; picture: AlertPicture }
  | { why: 'not-contacted'; picture: AlertPicture }
  /** Someone else has first call. */
  | { why: 'offered'; offer: Offer; picture: AlertPicture }
  /** Pass, Keep it, Give back: too late. */
  | { why: 'not-offered' | 'not-handed-over'; picture: AlertPicture }
  | { why: 'already-theirs'; owner: string; picture: AlertPicture }
  /** Snooze and outcome: the time is not in the future, or more than a year away. */
  | { why: 'past' | 'too-far'; picture: AlertPicture }
  /** Undo: somebody has done something since, or ten minutes are over. */
  | { why: 'changed-since' | 'too-late'; picture: AlertPicture }
  /** The state of the alert doesn't allow it, for a reason that this version doesn't know. */
  | { why: 'not-allowed'; picture: AlertPicture };

/** Every `why`, as the database names it. */
export const REFUSALS = [
  'not-found',
  'already-yours',
  'claimed-by-other',
  'not-yours',
  'already-contacted',
  'over',
  'not-a-fit',
  'not-contacted',
  'offered',
  'not-offered',
  'not-handed-over',
  'already-theirs',
  'past',
  'too-far',
  'changed-since',
  'too-late',
  'not-allowed',
] as const satisfies readonly Refusal['why'][];

/**
 * The alert after the gesture, in brief: only the best lead, and no notes, history or signals. `Alerts.find` gives the
 * rest, which a card and most answers don't need.
 */
export type GestureResult = { ok: true; picture: AlertPicture } | { ok: false; refusal: Refusal };
