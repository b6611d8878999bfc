/**
 * `member`: a full member of this workspace or of another one in the same Enterprise organization ·
 * `guest`: a single- or multi-channel guest · `external`: from another organization, through Slack Connect.
 */
export type PersonKind = 'member' | 'guest' | 'external' | 'bot' | 'deactivated';

export interface Person {
  kind: PersonKind;
  /** Their workspace, if Slack reports it. */
  team: string | null;
  /** Their IANA time zone, if Slack reports one that this runtime knows. */
  timeZone: string | null;
}

/** Whether a person is in any of a set of channels. */
export type Membership = 'in' | 'out' | 'unknown';

/** Who has access besides full members. */
export interface AccessPolicy {
  allowGuests: boolean;
  allowExternal: boolean;
}

/** Why a person has no access. `unchecked`: Slack didn't answer, and the cache had nothing. */
export type DenialReason = Exclude<PersonKind, 'member'> | 'not-in-channel' | 'unchecked';

/** What a person may see and work on: everything, or the alerts in these channels. */
export type Reach = 'everything' | readonly string[];

export type AccessDecision = { reach: Reach } | { why: DenialReason };

/** Why a person with access may not work on this alert. */
export type OutOfReach = 'other-channel';

/**
 * The access rule. People in ALERT_CHANNEL or DIGEST_CHANNEL (`within`) may do everything. People in other channels
 * with cards (`further`) may work on the alerts there.
 * @param further null if unknown
 */
export function decideAccess(
  kind: PersonKind | null,
  within: Membership,
  further: readonly string[] | null,
  policy: AccessPolicy,
): AccessDecision {
  const why = denialReasonFor(kind, within, policy);
  if (why === null) return { reach: 'everything' };
  const there = further === null ? 'unknown' : further.length > 0 ? 'in' : 'out';
  const elsewhere = denialReasonFor(kind, there, policy);
  if (elsewhere === null) return { reach: further ?? [] };
  return { why: why === 'unchecked' ? why : elsewhere };
}

/** Why a person has no access to what is in these channels; null grants it. */
export function denialReasonFor(
  kind: PersonKind | null,
  membership: Membership,
  { allowGuests, allowExternal }: AccessPolicy,
): DenialReason | null {
  if (kind === null) return 'unchecked';
  if (kind === 'bot' || kind === 'deactivated') return kind;
  if (kind === 'external' && !allowExternal) return kind;
  if (kind === 'guest' && !allowGuests) return kind;
  if (membership === 'in') return null;
  return membership === 'out' ? 'not-in-channel' : 'unchecked';
}

/**
 * Who can read a channel. `internal`: only this organization, guests included · `external`: shared with another
 * one, or about to be · `unseen`: unknown, because the bot isn't in it.
 */
export type Audience = 'internal' | 'external' | 'unseen';

export interface ChannelLook {
  audience: Audience;
  /** Slack's code for why the bot can't post there; null if it seems it can. */
  obstacle: 'channel_not_found' | 'is_archived' | 'not_in_channel' | null;
}

/** Pause reason of a shared channel, used like Slack's own error codes. */
export const SHARED = 'is_ext_shared';
export const SHARED_ADVICE =
  'Stop sharing it, name another channel, or set ALLOW_EXTERNAL=true if those organizations may see every lead.';

/** Why an answer was not shown in a channel. */
export type ChannelDenialReason = 'shared-channel' | 'unknown-channel';

/** The audit record of a refusal. Ids only. */
export interface RefusedGesture {
  user: string;
  /** The person's workspace, from the payload. */
  team: string | null;
  channel: string | null;
  action: string;
  why: DenialReason | ChannelDenialReason | OutOfReach;
  /** From the button's value. It may not exist. */
  alertId: string | null;
}
