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

/** Whether somebody is in the alert channel or in that of the digest. */
export type Membership = 'in' | 'out' | 'unknown';

/** Who else than full members may see and do things. */
export interface AccessPolicy {
  allowGuests: boolean;
  allowExternal: boolean;
}

/** Why somebody may see and do nothing. `unchecked`: Slack could not be asked, nor was it known from before. */
export type Barrier = Exclude<PersonKind, 'member'> | 'not-in-channel' | 'unchecked';

/** The one rule of who may see and do things; null lets them. */
export function barrierFor(
  kind: PersonKind | null,
  membership: Membership,
  { allowGuests, allowExternal }: AccessPolicy,
): Barrier | null {
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
export type ChannelBarrier = 'shared-channel' | 'unknown-channel';

/** What is written down of a refusal: ids only. */
export interface RefusedGesture {
  user: string;
  /** Of the person, as the gesture says. */
  team: string | null;
  channel: string | null;
  action: string;
  why: Barrier | ChannelBarrier;
  /** As a button named it; it may name no alert at all. */
  alertId: string | null;
}
