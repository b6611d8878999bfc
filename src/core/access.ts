/**
 * `member` a full member of the workspace, or of another one of the same Enterprise organisation ·
 * `guest` a single- or multi-channel guest · `external` somebody of another organisation, met in a channel
 * that is shared by Slack Connect.
 */
export type PersonKind = 'member' | 'guest' | 'external' | 'bot' | 'deactivated';

export interface Person {
  kind: PersonKind;
  /** The workspace they belong to, as far as Slack says. */
  team: string | null;
}

/** Whether somebody is in one of certain channels. */
export type Membership = 'in' | 'out' | 'unknown';

/** Who else than full members may see and do things. */
export interface AccessPolicy {
  allowGuests: boolean;
  allowExternal: boolean;
}

/** Why somebody may see and do nothing. `unchecked`: Slack could not be asked, nor was it known from before. */
export type DenialReason = Exclude<PersonKind, 'member'> | 'not-in-channel' | 'unchecked';

/** What somebody may see and work on: everything, or the alerts that stand in these channels. */
export type Reach = 'everything' | readonly string[];

export type AccessDecision = { reach: Reach } | { why: DenialReason };

/** Of somebody who may see and do something: why not this. */
export type OutOfReach = 'other-channel';

/**
 * The one rule of who may see and do things. Whoever is `within` ALERT_CHANNEL or DIGEST_CHANNEL may everything, and
 * whoever is only in `further` channels, which leads have named for their cards, what stands there.
 * @param further null where that could not be told
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

/** Why somebody who is, or is not, in some channels may not see and do what belongs there; null lets them. */
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
 * Who reads along in a channel. `internal` only this organisation (with its guests) · `external` another one
 * does, or is invited · `unseen` the bot can't tell, because it is not in it.
 */
export type Audience = 'internal' | 'external' | 'unseen';

export interface ChannelLook {
  audience: Audience;
  /** Slack's code for why the bot can't post there, as far as a look tells; null when it seems it can. */
  obstacle: 'channel_not_found' | 'is_archived' | 'not_in_channel' | null;
}

/** Why such a channel is paused; it stands beside Slack's own codes. */
export const SHARED = 'is_ext_shared';
export const SHARED_ADVICE =
  'Stop sharing it, name another channel, or set ALLOW_EXTERNAL=true if those organisations may see every lead.';

/** Why something was not shown in a channel. */
export type ChannelDenialReason = 'shared-channel' | 'unknown-channel';

/** What is written down of a refusal: ids only. */
export interface RefusedGesture {
  user: string;
  /** Of the person, as the gesture says. */
  team: string | null;
  channel: string | null;
  action: string;
  why: DenialReason | ChannelDenialReason | OutOfReach;
  /** As a button named it; it may name no alert at all. */
  alertId: string | null;
}
