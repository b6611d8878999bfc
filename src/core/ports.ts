import type { View } from '@slack/types';
import type {
  AccessDecision,
  Audience,
  ChannelDenialReason,
  ChannelLook,
  Person,
  RefusedGesture,
} from './access.ts';
import type {
  AlertPicture,
  ContactMethod,
  GestureResult,
  NotAFitReason,
  Offer,
  OutcomeKind,
} from './alert.ts';
import type { Absence } from './away.ts';
import type { Checkup, SlowCall } from './checkup.ts';
import type { LookupQuery } from './command.ts';
import type { Digest } from './digest.ts';
import type { HomePages, HomeRows } from './home.ts';
import type { ListFilter } from './list-filter.ts';
import type { AlertList, LookupResult } from './lookup.ts';
import type { Address, Drawing, Outcome, TakenMessages, Verdict } from './message.ts';
import type { LabelsOf, MetricOf } from './metrics.ts';
import type { OutcomeEvent, SendResult, TakenOutcome } from './outcome-event.ts';
import type { Changes, PollPlan, PollPolicy, SweepSummary } from './poll.ts';
import type { Stats, StatsDays } from './stats.ts';
import type { Deadlines, DeadlinesSince, DueStep, Mutable, StepCase, StepReader } from './steps.ts';
import type { ReplayAnswer, Tuning } from './tune.ts';
import type { Why, WhyQuery } from './why.ts';

/** What someone may do to a lead that another AE has. */
export interface GestureRights {
  isManager?: boolean;
  /**
   * The owner as far as the caller knows, or for `giveBack` the one before, who is deactivated or has left the channels.
   */
  goneOwner?: string;
}

/**
 * Gestures and lookups of AEs. Each call is one transaction; refusals are values. `within` limits an answer to alerts
 * in these channels.
 */
export interface Alerts {
  claim(alertId: string, user: string, rights?: GestureRights): Promise<GestureResult>;
  /** Declines an offer, so that the next AE is chosen. */
  pass(alertId: string, user: string): Promise<GestureResult>;
  /** Accepts a lead that was handed over, or has another period to reach out after a warning. */
  keep(alertId: string, user: string): Promise<GestureResult>;
  /** Returns a lead that was handed over to whoever had it before, or to everyone. */
  giveBack(alertId: string, user: string, rights?: GestureRights): Promise<GestureResult>;
  release(alertId: string, user: string, rights?: GestureRights): Promise<GestureResult>;
  contact(
    alertId: string,
    user: string,
    method: ContactMethod,
    note: string,
    rights?: GestureRights,
  ): Promise<GestureResult>;
  /** Gives the lead to another AE at once. The caller checks that `to` may have it. */
  handOver(
    alertId: string,
    user: string,
    to: string,
    note: string,
    rights?: GestureRights,
  ): Promise<GestureResult>;
  /** What came of reaching out. `until`: for `not-now`, when to try again. */
  outcome(
    alertId: string,
    user: string,
    outcome: OutcomeKind,
    until: Date | null,
    note: string,
    rights?: GestureRights,
  ): Promise<GestureResult>;
  /** Until a time within a year, or until the score has moved by 5 points. */
  snooze(
    alertId: string,
    user: string,
    until: Date,
    rights?: GestureRights,
  ): Promise<GestureResult>;
  /** For `quietMs`, or until the score has risen by 10 points or someone new of the company turns hot. */
  notAFit(
    alertId: string,
    user: string,
    reason: NotAFitReason,
    note: string,
    quietMs: number,
    rights?: GestureRights,
  ): Promise<GestureResult>;
  addNote(alertId: string, user: string, note: string): Promise<GestureResult>;
  /** Restores what the alert was before the newest gesture, if that is still `undoId`. */
  undo(alertId: string, user: string, undoId: string): Promise<GestureResult>;
  find(alertId: string): Promise<AlertPicture | null>;
  lookup(query: LookupQuery, within?: readonly string[]): Promise<LookupResult>;
  /** Hot alerts, unclaimed first. */
  hot(
    limit: number,
    offset?: number,
    within?: readonly string[],
    filter?: ListFilter,
  ): Promise<AlertList>;
  /** The AE's open alerts, those not yet contacted first. */
  mine(
    user: string,
    limit: number,
    offset?: number,
    within?: readonly string[],
    filter?: ListFilter,
  ): Promise<AlertList>;
  /** What was offered to a cover during the AE's latest absence, and is not the AE's: those to claim first. */
  covered(user: string, limit: number, within?: readonly string[]): Promise<AlertList>;
  /** Alerts for a section of a digest, most urgent first, without the rows that the digest `besides` shows. */
  openOnes(
    status: 'open' | 'claimed',
    besides: string | null,
    limit: number,
    offset: number,
    within?: readonly string[],
  ): Promise<AlertList>;
  /** All alerts of a roll-up, in its order. */
  inRollup(
    messageId: string,
    limit: number,
    offset: number,
    within?: readonly string[],
  ): Promise<AlertList>;
  previewDigest(channel: string, localDate: string): Promise<Digest>;
}

/** What happened, in numbers. `within` limits an answer to alerts in these channels. */
export interface Reports {
  /** What the bot did about a company; null if nothing is known about it. */
  why(query: WhyQuery, within?: readonly string[]): Promise<Why | null>;
  stats(days: StatsDays, within?: readonly string[]): Promise<Stats>;
  /** Replays the history that is kept. It changes nothing. */
  replay(tuning: Tuning): Promise<ReplayAnswer>;
}

/** Home tabs. Each is a message that is drawn again when what it shows changes, for a day after it was last opened. */
export interface Homes {
  /** Has the user's Home tab drawn now; from the first page, unless `pages` says otherwise. */
  open(user: string, pages?: HomePages): Promise<void>;
  read(user: string, pages: HomePages, within?: readonly string[]): Promise<HomeRows>;
}

export interface Polls {
  /** Changes since the last poll. */
  changes(policy: Pick<PollPolicy, 'rearmAfterMs'>): Promise<Changes>;
  /** Opens and joins alerts. Idempotent: the database checks each lead again. */
  record(plan: PollPlan, policy: PollPolicy): Promise<PollSummary>;
  /** One bounded step of updating open alerts. */
  follow(policy: PollPolicy): Promise<FollowSummary>;
  /** Compares all hot leads with the open alerts. The next `changes` returns the differences. */
  sweep(): Promise<SweepSummary>;
}

/** Who has first call on a new lead. */
export interface Offers {
  /** Alerts for which someone must be chosen now, by the database's clock. */
  due(limit: number): Promise<{ now: Date; alerts: readonly DueOffer[] }>;
  /**
   * Gives someone first call, and tells them. False if another bot was faster, or it is no longer unclaimed.
   * @param insteadOf the AE who is away, if the holder covers for one
   */
  make(
    alertId: string,
    holder: string,
    source: Offer['source'],
    until: Date,
    insteadOf?: string,
  ): Promise<boolean>;
  /** Chooses again at that time; null: never. */
  defer(alertId: string, until: Date | null): Promise<void>;
  /** Of these people the one with the fewest turns for the days they were there, in the last 30 days. */
  nextInRotation(people: readonly string[]): Promise<string | null>;
}

export interface DueOffer {
  alertId: string;
  /** As on the card; not checked to be an address. */
  ownerEmail: string | null;
  /** Who had first call on it before. */
  had: readonly string[];
}

/** What the bot does by itself about open alerts. */
export interface Steps {
  /** Notes which deadlines are on, and since when. Has every alert looked at again. */
  setDeadlines(deadlines: Deadlines): Promise<void>;
  /** Alerts to look at now, by the database's clock. */
  due(limit: number): Promise<{ now: Date; since: DeadlinesSince; cases: readonly StepCase[] }>;
  /** When to look again, `at`; null: once something changes. `dueAt`: when time is up. */
  defer(
    cases: readonly { alertId: string; seen: string; at: Date | null; dueAt: Date | null }[],
  ): Promise<void>;
  /**
   * Takes these steps, the most urgent first, those that still apply. Returns how many it took.
   * @param together tells each reader of all of them in one message
   */
  take(
    steps: readonly DueStep[],
    readers: readonly StepReader[],
    together: boolean,
  ): Promise<number>;
}

/** What AEs have to do today. */
export interface Mornings {
  /** Those with leads of their own or first call on one, at most 500. */
  people(): Promise<readonly string[]>;
  /** Once a person and local date. False if there is nothing to say, or it is said already. */
  want(person: string, localDate: string, sendBy: Date): Promise<boolean>;
}

/** Which direct messages AEs get. */
export interface DirectSettings {
  muted(user: string): Promise<ReadonlySet<Mutable>>;
  mute(user: string, kind: Mutable, isMuted: boolean): Promise<void>;
}

/** Changes to open alerts. */
export interface Moves {
  left: number;
  returned: number;
  cooled: number;
  /** Alerts whose messages will be drawn again. */
  redrawn: number;
}

export interface PollSummary extends Moves {
  opened: number;
  joined: number;
  /** Leads that failed, with the SQLSTATE. */
  failed: readonly { developerId: string; code: string }[];
  /** Whether someone must be chosen for an offer of a lead that entered. */
  offersDue: boolean;
}

export interface FollowSummary extends Moves {
  more: boolean;
}

export interface Digests {
  /**
   * Makes the digest for a channel and local date, due at `dueAt`. Idempotent across bots. Unless `postEmpty`, one
   * with nothing to say is not posted.
   */
  request(
    channel: string,
    localDate: string,
    dueAt: Date,
    postEmpty?: boolean,
  ): Promise<DigestRequest>;
}

/**
 * `made`: by this call · `exists`: already made · `before-first-poll`: was due before the bot first ran ·
 * `too-early`: no poll yet, ask again after the first · `too-late`: was due more than six hours ago.
 */
export type DigestRequest =
  | 'made'
  | 'nothing'
  | 'exists'
  | 'before-first-poll'
  | 'too-early'
  | 'too-late';

export interface Outbox {
  /** Leases due messages for `leaseMs`, by the database's clock. */
  take(limit: number, leaseMs: number): Promise<TakenMessages>;
  /** False if the lease was lost. Then nothing changed. */
  confirm(messageId: string, token: string, outcome: Outcome): Promise<boolean>;
}

/** What became of alerts, to be sent to one receiver of webhooks. */
export interface Outcomes {
  /**
   * Leases the first event that waits of each of up to `limit` alerts, 20 at most, by the database's clock. After a
   * failure one at a time, and none while the receiver is left alone.
   * @param begins whether this bot has just started, which ends such a pause
   * @returns also how many events were set aside, because the receiver has failed for three days
   */
  take(
    limit: number,
    leaseMs: number,
    begins: boolean,
  ): Promise<{ work: readonly TakenOutcome[]; givenUp: number }>;
  /** What has become of the event. `stale`: the lease was lost, and it is sent again. */
  confirm(
    id: string,
    token: string,
    result: SendResult,
  ): Promise<'delivered' | 'waiting' | 'set-aside' | 'stale'>;
}

/** How webhooks do. */
export interface OutcomesHealth {
  /** Counted up to 1,000. */
  waiting: number;
  oldestWaitingSeconds: number;
  /** Of the newest 1,000. */
  setAside: readonly { reason: string | null; count: number }[];
  /** Null if no bot has had this URL. */
  endpoint: {
    /** Attempts since the last success. */
    failures: number;
    reason: string | null;
    pausedUntil: Date | null;
    /** When it answered 410. */
    goneAt: Date | null;
  } | null;
}

export interface OutcomeReceiver {
  /** Sends an event once. Never throws. */
  send(event: OutcomeEvent): Promise<SendResult>;
}

export interface Health {
  openAlerts: number;
  waiting: number;
  unclear: number;
  dead: number;
  /** Cards of the last week that replaced an uneditable one. */
  replaced: number;
  oldestWaitingSeconds: number;
  deadReasons: readonly { kind: string; channel: string; reason: string | null; count: number }[];
  /** Channel `*` means all of Slack. */
  paused: readonly { channel: string; reason: string | null; until: Date | null }[];
}

/** Database facts for the log and `npm run doctor`. */
export interface Checkups {
  read(): Promise<Checkup>;
  /** Reports a slow call. The slowest of all bots is kept for an hour. */
  noteSlowest(call: SlowCall): Promise<void>;
}

/** The slowest call of this process. */
export interface SlowestCalls {
  /** The slowest call of the last hour that was not reported yet. */
  worst(): SlowCall | null;
  /** Marks it as reported. */
  forget(call: SlowCall): void;
}

/** The deliverer's access to Slack. Calls are not retried; `judge` classifies failures. */
export interface Messenger {
  /** Attaches `messageId` as metadata, so that the post can be found again. */
  post(
    channel: string,
    threadTs: string | null,
    messageId: string,
    drawing: Drawing,
  ): Promise<Address>;
  update(address: Address, drawing: Drawing): Promise<void>;
  /** Replaces a user's Home tab. Idempotent. */
  publishHome(user: string, drawing: Drawing): Promise<void>;
  /** All copies of a message in Slack, oldest first. */
  copies(
    channel: string,
    threadTs: string | null,
    messageId: string,
    since: Date,
  ): Promise<Address[]>;
  remove(address: Address): Promise<void>;
  judge(error: unknown): Verdict;
}

/** Modals and private answers. Answers have the new blocks of a drawing where the workspace takes them. */
export interface Surface {
  /** Opens a modal, or pushes it onto the one with the pressed button. Returns its id. */
  openModal(triggerId: string, view: View, on: 'channel' | 'modal'): Promise<string>;
  /** A no-op if the user has closed it. */
  updateModal(viewId: string, view: View): Promise<void>;
  /** Whether a `response_url` is Slack's. Nothing is sent to any other. */
  answersAt(responseUrl: string): boolean;
  /** Answers through a `response_url`, to the user or to everyone in the channel. @throws as `replaceAnswer` */
  answer(responseUrl: string, drawing: Drawing, to: 'person' | 'channel'): Promise<void>;
  /** Replaces a private answer through its `response_url`. @throws if the URL is not Slack's, used up or expired */
  replaceAnswer(responseUrl: string, drawing: Drawing): Promise<void>;
  /** Sends a private message in the channel, or in a thread of it; if that fails, a direct message. */
  tell(
    user: string,
    channel: string | null,
    drawing: Drawing,
    threadTs?: string | null,
  ): Promise<void>;
}

/** Whether the workspace takes blocks that not every one takes yet (see `Drawing.rich`). */
export interface NewBlocks {
  /** False for a day after a refusal. */
  areTaken(): Promise<boolean>;
  noteRefusal(): Promise<void>;
}

/** Without a user, at most one of the others says why. */
export interface MemberFound {
  user: string | null;
  /** The missing scope. */
  lacks: string | null;
  /** Slack's code, if it refuses to look up this address. */
  refusal: string | null;
}

/** Slack's users and channels, uncached. @throws if Slack fails or answers something unexpected */
export interface Directory {
  person(user: string): Promise<Person>;
  /** Ids of a channel's members, bots included. */
  members(channel: string): Promise<ReadonlySet<string>>;
  /** Ids of a user group's members. */
  groupMembers(group: string): Promise<ReadonlySet<string>>;
  /** The channels in `among` that the user is in. */
  channelsOf(user: string, among: readonly string[]): Promise<readonly string[]>;
  /** Finds the workspace's active user with that address, guests included. */
  memberWith(email: string): Promise<MemberFound>;
  look(channel: string): Promise<ChannelLook>;
  audience(channel: string): Promise<Audience>;
  /** How long to wait after this failure before asking Slack again, in ms. */
  backOffMs(error: unknown): number;
  /** Whether Slack refused, rather than failed: the same question gets the same answer. */
  isRefusal(error: unknown): boolean;
}

export interface AccessCheck {
  /** What a user may see and work on. Falls back to the cache after `waitMs`. Never throws. */
  decide(user: string, waitMs: number): Promise<AccessDecision>;
  /** As of the last decision about the user; null if unknown. */
  timeZoneOf(user: string): string | null;
}

/** Who may work on any lead as if it were theirs. */
export interface Managers {
  /** Whether MANAGERS names anybody. */
  areSet: boolean;
  /** Doesn't wait long for Slack, and never throws. */
  include(user: string): Promise<boolean>;
  /**
   * At most 50. Without the members of a group that can't be read.
   * @throws if that leaves nobody, and Slack may answer later
   */
  all(): Promise<readonly string[]>;
}

/** The AEs whom leads name as their owners. */
export interface OwnerLookup {
  /**
   * The Slack user with that address. `lacks-scope`: the bot may not look up any.
   * @throws if Slack doesn't answer
   */
  find(
    email: string,
  ): Promise<
    { user: string } | { why: 'unknown' | 'lacks-scope' } | { why: 'refused'; code: string }
  >;
}

/** A Slack user group. */
export interface UserGroup {
  /** Null if Slack refuses to list it. @throws if Slack doesn't answer and the cache has nothing */
  members(): Promise<ReadonlySet<string> | null>;
}

/** Who is away. */
export interface Absences {
  /** Replaces what was noted about the user. A time that isn't in the future means that they are back. */
  set(user: string, until: Date, cover: string | null): Promise<void>;
  /** Those who are away now, of at most 500 people. */
  among(people: readonly string[]): Promise<readonly Absence[]>;
}

/** Channels other than ALERT_CHANNEL that leads name for their cards. */
export interface CardChannels {
  /** Those of the last 90 days, at most 50. */
  list(): Promise<readonly string[]>;
  /** Whether the alert's card, or a roll-up that lists it, belongs in one of these channels. */
  holds(channels: readonly string[], alertId: string): Promise<boolean>;
}

export interface ChannelAudience {
  /** Why a private answer may not be shown to everyone in the channel; null if it may. Never throws. */
  denialReason(channel: string | null): Promise<ChannelDenialReason | null>;
}

export interface Audit {
  refused(gesture: RefusedGesture): Promise<void>;
}

/** Deduplicates HTTP requests. */
export interface SeenRequests {
  /** True for the first caller with this fingerprint (64 hexadecimal digits). */
  isFirst(fingerprint: string): Promise<boolean>;
}

/** Deduplicates events, which Slack delivers again if it missed their acknowledgement. */
export interface SeenEvents {
  /** True for the first caller with this `event_id`. */
  isFirst(eventId: string): Promise<boolean>;
}

/** Numbers for `/metrics`. A label value outside its list in metrics.ts becomes `other`. */
export interface Meter {
  /** @param by default: 1 */
  add<Name extends MetricOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by?: number): void;
  observe<Name extends MetricOf<'histogram'>>(
    name: Name,
    labels: LabelsOf<Name>,
    seconds: number,
  ): void;
  set<Name extends MetricOf<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void;
}
