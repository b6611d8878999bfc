import type { View } from '@slack/types';
import type {
  AccessDecision,
  Audience,
  ChannelDenialReason,
  ChannelLook,
  Person,
  RefusedGesture,
} from './access.ts';
import type { AlertPicture, ContactMethod, GestureResult } from './alert.ts';
import type { Checkup, SlowCall } from './checkup.ts';
import type { LookupQuery } from './command.ts';
import type { Digest } from './digest.ts';
import type { AlertList, LookupResult } from './lookup.ts';
import type { Address, Drawing, Outcome, TakenMessages, Verdict } from './message.ts';
import type { Changes, PollPlan, PollPolicy, SweepSummary } from './poll.ts';

/**
 * What AEs do and ask. Every call is one transaction; refusals are values. `within` limits an answer to what stands in
 * these channels.
 */
export interface Alerts {
  claim(alertId: string, user: string): Promise<GestureResult>;
  release(alertId: string, user: string): Promise<GestureResult>;
  contact(
    alertId: string,
    user: string,
    method: ContactMethod,
    note: string,
  ): Promise<GestureResult>;
  find(alertId: string): Promise<AlertPicture | null>;
  lookup(query: LookupQuery, within?: readonly string[]): Promise<LookupResult>;
  /** Alerts that are hot now, unclaimed first. */
  hot(limit: number, offset?: number, within?: readonly string[]): Promise<AlertList>;
  /** Open alerts that this AE has, not contacted first. */
  mine(
    user: string,
    limit: number,
    offset?: number,
    within?: readonly string[],
  ): Promise<AlertList>;
  /** Alerts of a section of a digest, best score first; without those that the digest `besides` shows. */
  openOnes(
    status: 'open' | 'claimed',
    besides: string | null,
    limit: number,
    offset: number,
    within?: readonly string[],
  ): Promise<AlertList>;
  /** All alerts that a roll-up stands for, in its order. */
  inRollup(
    messageId: string,
    limit: number,
    offset: number,
    within?: readonly string[],
  ): Promise<AlertList>;
  previewDigest(channel: string, localDate: string): Promise<Digest>;
}

export interface Polls {
  /** Reads what has changed since the last poll. */
  changes(policy: Pick<PollPolicy, 'rearmAfterMs'>): Promise<Changes>;
  /** Lets leads enter. Safe to repeat: every lead is checked again in the database. */
  record(plan: PollPlan, policy: PollPolicy): Promise<PollSummary>;
  /** One bounded step of what concerns alerts that are open already. */
  follow(policy: PollPolicy): Promise<FollowSummary>;
  /** Compares all hot leads with the open alerts. What differs is in the next `changes`. */
  sweep(): Promise<SweepSummary>;
}

/** What changed about alerts that were open. */
export interface Moves {
  left: number;
  returned: number;
  cooled: number;
  /** Alerts whose messages are drawn again. */
  redrawn: number;
}

export interface PollSummary extends Moves {
  opened: number;
  joined: number;
  /** Leads that the database could not take in, with the SQLSTATE. */
  failed: readonly { developerId: string; code: string }[];
}

export interface FollowSummary extends Moves {
  /** There is another step to do. */
  more: boolean;
}

export interface Digests {
  /** Makes the digest of a channel and local date, which was due at `dueAt`; once for all bots. */
  request(channel: string, localDate: string, dueAt: Date): Promise<DigestRequest>;
}

/**
 * `made` by this call · `exists` already · `before-first-poll`: it was due when there was no bot ·
 * `too-early`: nothing is known yet, to be asked again after the first poll ·
 * `too-late`: it was due more than six hours ago, and is not made any more.
 */
export type DigestRequest = 'made' | 'exists' | 'before-first-poll' | 'too-early' | 'too-late';

export interface Outbox {
  /** Leases due messages to the caller for `leaseMs`, by the database's clock. */
  take(limit: number, leaseMs: number): Promise<TakenMessages>;
  /** False when the lease has passed to someone else: nothing was changed. */
  confirm(messageId: string, token: string, outcome: Outcome): Promise<boolean>;
}

export interface Health {
  openAlerts: number;
  waiting: number;
  unclear: number;
  dead: number;
  /** Cards of the last week that took the place of one that Slack lets nobody edit any more. */
  replaced: number;
  oldestWaitingSeconds: number;
  deadReasons: readonly { kind: string; channel: string; reason: string | null; count: number }[];
  /** Channel `*` stands for all of Slack. */
  paused: readonly { channel: string; reason: string | null; until: Date | null }[];
}

/** What the bot's own log and `npm run doctor` say of the database. */
export interface Checkups {
  read(): Promise<Checkup>;
  /** Tells how slow one call was: the worst of all bots is kept for an hour. */
  noteSlowest(call: SlowCall): Promise<void>;
}

/** How slow the calls of this process are. */
export interface SlowestCalls {
  /** The worst within an hour that was not told yet. */
  worst(): SlowCall | null;
  /** It was told. */
  forget(call: SlowCall): void;
}

/** What the deliverer does in Slack. Every call is made once, and `judge` says what a failure means. */
export interface Messenger {
  /** `messageId` goes along as metadata, so that the post can be found again. */
  post(
    channel: string,
    threadTs: string | null,
    messageId: string,
    drawing: Drawing,
  ): Promise<Address>;
  update(address: Address, drawing: Drawing): Promise<void>;
  /** Every copy of a message that stands in Slack, oldest first. */
  copies(
    channel: string,
    threadTs: string | null,
    messageId: string,
    since: Date,
  ): Promise<Address[]>;
  remove(address: Address): Promise<void>;
  judge(error: unknown): Verdict;
}

/** What one person sees. */
export interface Surface {
  /** Opens a modal, or stacks it on the one in which a button was pressed; returns its id. */
  openModal(triggerId: string, view: View, on: 'channel' | 'modal'): Promise<string>;
  /** Does nothing when the person has closed it. */
  updateModal(viewId: string, view: View): Promise<void>;
  /** Whether a `response_url` is Slack's. What is answered by another one is lost: nothing is sent there. */
  answersAt(responseUrl: string): boolean;
  /** Answers a gesture by its `response_url`, to this person alone or to all in the channel. @throws as `replaceAnswer` */
  answer(responseUrl: string, drawing: Drawing, to: 'person' | 'channel'): Promise<void>;
  /** Draws a private answer anew, by its `response_url`. @throws when the url is not Slack's, used up or too old */
  replaceAnswer(responseUrl: string, drawing: Drawing): Promise<void>;
  /** Says something to one person: privately in the channel or, where that fails, as a direct message. */
  tell(user: string, channel: string | null, drawing: Drawing): Promise<void>;
}

/** Who is who, as Slack says. Every call asks. @throws when Slack does not answer as it should */
export interface Directory {
  person(user: string): Promise<Person>;
  /** Ids of everybody in a channel, bots too. */
  members(channel: string): Promise<ReadonlySet<string>>;
  /** Those of these channels that somebody is in. */
  channelsOf(user: string, among: readonly string[]): Promise<readonly string[]>;
  /**
   * The active person of this workspace with that address, guests included; null when there is none.
   * `lacks` is the scope for want of which Slack does not say.
   */
  memberWith(email: string): Promise<{ user: string | null; lacks: string | null }>;
  look(channel: string): Promise<ChannelLook>;
  audience(channel: string): Promise<Audience>;
  /** How long to wait after such a failure before Slack is asked again, in ms. */
  backOffMs(error: unknown): number;
}

export interface AccessCheck {
  /** What somebody may see and work on. Falls back to the cache after `waitMs`. Never throws. */
  decide(user: string, waitMs: number): Promise<AccessDecision>;
}

/** Further channels, which leads have named for their cards. */
export interface CardChannels {
  /** Those of the last 90 days, 50 at the most. */
  list(): Promise<readonly string[]>;
  /** Whether the card of an alert, or a roll-up that lists it, belongs into one of these channels. */
  holds(channels: readonly string[], alertId: string): Promise<boolean>;
}

export interface ChannelAudience {
  /** Whether a private answer may be shown to everyone in a channel; null when it may. Never throws. */
  denialReason(channel: string | null): Promise<ChannelDenialReason | null>;
}

export interface Audit {
  refused(gesture: RefusedGesture): Promise<void>;
}

/** Requests that came over HTTP. */
export interface SeenRequests {
  /** True for the first bot that asks about this fingerprint: 64 hexadecimal digits. */
  isFirst(fingerprint: string): Promise<boolean>;
}
