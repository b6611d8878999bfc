import type { KnownBlock } from '@slack/types';
import type { AlertPicture } from './alert.ts';
import type { Digest } from './digest.ts';

/** What a message shows, drawn anew at every delivery. */
export type Content =
  /**
   * `replaces` is the card that Slack lets nobody edit any more, where there was one.
   * `detour` says why it does not stand where its lead asked for.
   */
  | { kind: 'card'; picture: AlertPicture; replaces?: Address; detour?: Detour }
  | { kind: 'rollup'; rollup: Rollup; detour?: Detour }
  | { kind: 'digest'; digest: Digest }
  /** `elsewhere` is the card of which it speaks, where that is another than the one above it. */
  | { kind: 'notice'; notice: Notice; elsewhere?: Address }
  /** It is not to be in Slack: there is nothing to draw. */
  | { kind: 'nothing' };

/** Several alerts in one message: the first run's, or the rest of a storm. Best score first. */
export interface Rollup {
  /** Of the message. */
  id: string;
  reason: 'first-run' | 'storm';
  madeAt: Date;
  alerts: readonly AlertPicture[];
  /** How many alerts the roll-up stands for; `alerts` may hold fewer. */
  total: number;
}

/** What is told in the thread of a card. */
export type Notice =
  /** A colleague has joined the alert. */
  | {
      kind: 'joined';
      /** Name or e-mail address of the developer. */
      who: string;
      score: number | null;
      /** How many more colleagues turned hot with this one. */
      others: number;
    }
  /** Two alerts were of one company, both were claimed, and the one claimed first goes on. */
  | {
      kind: 'merged';
      company: string;
      /** Slack user id of whoever has lost the claim. */
      whom: string;
      /** Slack user id of whoever keeps it. */
      owner: string | null;
    };

/** A card or roll-up that stands in ALERT_CHANNEL because it could not be posted where its lead asked for. */
export interface Detour {
  /** What the lead asked for. Text from outside: escape it. */
  meantFor: string;
  /** Slack's code, or `invalid_channel` for what can't be a channel. */
  reason: string;
}

/** Where a message stands in Slack. */
export interface Address {
  channel: string;
  ts: string;
}

/**
 * `post`: not in Slack, safe to post once · `update`: stands in Slack, shows an old version ·
 * `look`: an earlier post may have reached Slack, search before anything else ·
 * `recheck`: it was posted again after a search found nothing, search for a late second copy ·
 * `remove`: stands in Slack and must not.
 */
type DeliveryAction = 'post' | 'update' | 'look' | 'recheck' | 'remove';

/** A message under lease, with all that is needed to deliver it. */
export interface Delivery {
  messageId: string;
  /** Lease token: a confirmation with an old one changes nothing. */
  token: string;
  action: DeliveryAction;
  channel: string;
  address: Address | null;
  threadTs: string | null;
  /** The version that `content` shows. */
  version: number;
  /** Slack has refused the blocks of this message: text only. */
  plain: boolean;
  /** How often it was tried since the last success, this time included. */
  attempts: number;
  /** How often in a row it was refused with a code that nobody knows, or could not be drawn. */
  refusals: number;
  /** When the first post of unclear outcome was handed out. */
  attemptedAt: Date | null;
  createdAt: Date;
  /** Fingerprint of what Slack shows; null when that is not known. */
  shownHash: string | null;
  content: Content;
}

/** A message that could not be read from the database's answer. */
export interface UnreadableDelivery {
  messageId: string;
  token: string;
  refusals: number;
  /** Which fields are wrong; holds no values. */
  problem: string;
}

export interface TakenMessages {
  deliveries: readonly Delivery[];
  unreadable: readonly UnreadableDelivery[];
  /** When the next message is due, 0 for at once; null when nothing is left to do. */
  nextDueMs: number | null;
}

/** What became of a delivery. */
export type Outcome =
  /** `sent` is false when Slack showed the same already. */
  | { kind: 'shown'; version: number; address: Address; hash: string; sent: boolean }
  /** A search found the post of unclear outcome. */
  | { kind: 'found'; address: Address }
  /** A search found nothing; search again after `settleMs`, after the second time post again. */
  | { kind: 'missing'; settleMs: number }
  /** The search for a second copy is done; `keep` is the copy that stays. */
  | { kind: 'rechecked'; keep: Address | null }
  /** It does not stand in Slack any more. */
  | { kind: 'removed' }
  /** Slack may or may not have taken it. */
  | { kind: 'unclear'; reason: string; settleMs: number }
  /** Slack has certainly not taken it. */
  | { kind: 'later'; reason: string; afterMs: number; wholeChannel: boolean; counts: boolean }
  /** The channel in which to look for it can't be read. */
  | { kind: 'blind'; reason: string; afterMs: number }
  | { kind: 'plain'; reason: string }
  | { kind: 'pause'; reason: string; everything: boolean }
  | { kind: 'gone'; reason: string }
  | { kind: 'frozen'; reason: string }
  | { kind: 'dead'; reason: string };

/** A drawn message. `text` is mrkdwn, for notifications and screen readers. */
export interface Drawing {
  text: string;
  blocks: KnownBlock[];
}

/**
 * What a failed Slack call means for the message it was to show.
 * - unclear: Slack may have carried it out
 * - later: it certainly was not, and may go through later; `counts` towards giving up
 * - plain: our blocks are refused, show it as text
 * - pause: nothing will go through, in this channel or at all, until a person acts
 * - gone: the message that should be updated is not there any more
 * - frozen: it stands there, and Slack never lets it be changed again
 * - dead: Slack will never take it
 */
export type Verdict =
  | { kind: 'unclear'; reason: string }
  | { kind: 'later'; reason: string; afterMs: number; wholeChannel: boolean; counts: boolean }
  | { kind: 'plain' | 'gone' | 'frozen' | 'dead'; reason: string }
  | { kind: 'pause'; reason: string; everything: boolean };
