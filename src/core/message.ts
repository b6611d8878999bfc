import type { Block, KnownBlock } from '@slack/types';
import type { AlertPicture } from './alert.ts';
import type { Digest } from './digest.ts';
import type { HomePages } from './home.ts';
import type { NewsItem, StepKind } from './steps.ts';

/** What a message shows. Drawn again at every delivery. */
export type Content =
  /** `replaces`: the uneditable card that this one replaces. `detour`: why it isn't in the channel its lead asked for. */
  | { kind: 'card'; picture: AlertPicture; replaces?: Address; detour?: Detour }
  | { kind: 'rollup'; rollup: Rollup; detour?: Detour }
  | { kind: 'digest'; digest: Digest }
  /** `elsewhere`: the card that it mentions, if that isn't the one it replies to. */
  | { kind: 'notice'; notice: Notice; elsewhere?: Address }
  /** A direct message with the card of one alert. */
  | { kind: 'dm'; reason: DirectReason; picture: AlertPicture }
  /** A direct message that lists alerts. */
  | { kind: 'dm-list'; list: DirectList }
  /** A Home tab. What it shows is read when it is drawn. `isIdle`: not looked at for a week, so it shows no leads. */
  | { kind: 'home'; user: string; pages: HomePages; isIdle: boolean }
  /** A message to be removed. */
  | { kind: 'nothing' };

/** Several alerts in one message: all of the first run, or what is left of a storm. Best score first. */
export interface Rollup {
  /** Message id. */
  id: string;
  reason: 'first-run' | 'storm';
  madeAt: Date;
  alerts: readonly AlertPicture[];
  /** Number of alerts in the roll-up; `alerts` may hold fewer. */
  total: number;
}

export const DIRECT_KINDS = [
  'offer',
  'hand-over',
  'escalation',
  'warning',
  'kept-again',
  'follow-up',
] as const;

/** Why someone gets a direct message. `to` is its reader. */
export interface DirectReason {
  kind: (typeof DIRECT_KINDS)[number];
  to: string;
  /** Of a warning: when the lead goes back to everyone. */
  until?: Date;
}

/** `due`: more than three steps at once · `morning`: what an AE has to do today. */
export interface DirectList {
  kind: 'due' | 'morning';
  /** Slack user id of its reader. */
  to: string;
  rows: readonly DirectRow[];
  /** Number of alerts; `rows` may hold fewer. */
  total: number;
}

export interface DirectRow {
  /** Of `due` the step. In the morning: what is theirs, what they have first call on, what has changed. */
  section: StepKind | 'mine' | 'offers' | 'moved';
  picture: AlertPicture;
  news: readonly NewsItem[];
}

/** A reply in a card's thread. */
export type Notice =
  /** Another developer joined the alert. */
  | {
      kind: 'joined';
      /** The developer's name or email address. */
      who: string;
      score: number | null;
      /** How many more turned hot at the same time. */
      others: number;
    }
  /** Two claimed alerts turned out to be of one company. The one claimed first continues. */
  | {
      kind: 'merged';
      company: string;
      /** Slack user id of the AE who lost the claim. */
      whom: string;
      /** Slack user id of the AE who keeps it. */
      owner: string | null;
    }
  /** The lead is unclaimed again. `owner`: who had it. All are Slack user ids. */
  | { kind: 'released'; by: string; owner: string }
  | { kind: 'handed-over'; by: string; to: string }
  /** `to`: who has it again; null if nobody. */
  | { kind: 'given-back'; by: string; to: string | null }
  /** Mentions who has first call, where a direct message can't reach them. */
  | { kind: 'offered'; to: string; until: Date }
  /** A snooze has ended. Without anyone to mention: early, because the score has moved. */
  | { kind: 'woke'; by: string | null; owner: string | null }
  /** A claimed lead has been out of hot for the re-arm time. That can be at night, so nobody is mentioned. */
  | { kind: 'cold' }
  /** Nobody has claimed it. `to`: a user or user group; `others`: how many more leads are unclaimed for too long. */
  | {
      kind: 'reminder';
      to: string | null;
      since: Date;
      others: number;
      /** Where it is below a roll-up. Text from outside: escape it. */
      company?: string | undefined;
    }
  /** To its owner, whom a direct message doesn't reach, before it goes back to everyone. */
  | { kind: 'warned'; owner: string; until: Date }
  /** Nobody reached out in time, so anyone can claim it. `owner`: whom to mention; null for nobody. */
  | { kind: 'expired'; owner: string | null }
  /** `owner`: whom to mention; null while it is unclaimed. */
  | { kind: 'news'; owner: string | null; contacted: boolean; items: readonly NewsItem[] };

/** Why a card or roll-up is in ALERT_CHANNEL instead of the channel that its lead asked for. */
export interface Detour {
  /** The requested channel. Untrusted text: escape it. */
  meantFor: string;
  /** Slack's code, or `invalid_channel` if it can't be a channel id. */
  reason: string;
}

/** A message's address in Slack. */
export interface Address {
  channel: string;
  ts: string;
}

/**
 * `post`: not in Slack, safe to post once · `update`: in Slack, but stale ·
 * `look`: an earlier post may have reached Slack, so search first ·
 * `recheck`: posted again after a search found nothing, so search for a late duplicate ·
 * `remove`: in Slack, but must not be.
 */
type DeliveryAction = 'post' | 'update' | 'look' | 'recheck' | 'remove';

/** A leased message, with everything needed to deliver it. */
export interface Delivery {
  messageId: string;
  /** Lease token. Confirming with an old one is a no-op. */
  token: string;
  action: DeliveryAction;
  channel: string;
  address: Address | null;
  threadTs: string | null;
  /** The version that `content` shows. */
  version: number;
  /** Slack refused its blocks, so send text only. */
  plain: boolean;
  /** Attempts since the last success, including this one. */
  attempts: number;
  /** Consecutive failures with an unknown code or in drawing it. */
  refusals: number;
  /** When the first post with an unclear outcome was leased. */
  attemptedAt: Date | null;
  createdAt: Date;
  /** Hash of what Slack shows; null if unknown. */
  shownHash: string | null;
  /** Of a card: how long the newest gesture that it doesn't show has waited, in ms. */
  gestureMs?: number;
  content: Content;
}

/** A leased message that didn't parse. */
export interface UnreadableDelivery {
  messageId: string;
  token: string;
  refusals: number;
  /** The invalid fields, without values. */
  problem: string;
}

export interface TakenMessages {
  deliveries: readonly Delivery[];
  unreadable: readonly UnreadableDelivery[];
  /** Time until the next message is due, 0 for now; null if there is none. */
  nextDueMs: number | null;
}

/** The result of a delivery. */
export type Outcome =
  /** `sent` is false if Slack already showed the same. */
  | { kind: 'shown'; version: number; address: Address; hash: string; sent: boolean }
  /** A search found the post with the unclear outcome. */
  | { kind: 'found'; address: Address }
  /** A search found nothing. Search again after `settleMs`; after the second search, post again. */
  | { kind: 'missing'; settleMs: number }
  /** The search for duplicates is done; `keep` is the copy that stays. */
  | { kind: 'rechecked'; keep: Address | null }
  /** It is no longer in Slack. */
  | { kind: 'removed' }
  /** Slack may or may not have taken it. */
  | { kind: 'unclear'; reason: string; settleMs: number }
  /** Slack certainly didn't take it. Retry. */
  | { kind: 'later'; reason: string; afterMs: number; wholeChannel: boolean; counts: boolean }
  /** The channel to search can't be read. */
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
  /** The same with blocks that not every workspace takes yet. Sent instead of `blocks` where they are taken. */
  rich?: readonly (KnownBlock | NewBlock)[];
}

/** A block that @slack/types lacks. Nothing in it can be pressed. */
export interface NewBlock extends Block {
  type: 'data_visualization' | 'data_table';
  [key: string]: unknown;
}

/**
 * What a failed Slack call means for its message.
 * - unclear: Slack may have carried it out
 * - later: Slack certainly didn't, but a retry may work; `counts` toward giving up
 * - plain: Slack refuses the blocks, so send text only
 * - pause: nothing will work, in this channel or at all, until the operator acts
 * - gone: the message to update no longer exists
 * - frozen: it exists, but can never be edited again
 * - dead: Slack will never accept it
 */
export type Verdict =
  | { kind: 'unclear'; reason: string }
  | { kind: 'later'; reason: string; afterMs: number; wholeChannel: boolean; counts: boolean }
  | { kind: 'plain' | 'gone' | 'frozen' | 'dead'; reason: string }
  | { kind: 'pause'; reason: string; everything: boolean };
