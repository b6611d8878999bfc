import { z } from 'zod';
import { type AlertPicture, type GestureResult, REFUSALS, type Refusal } from '../core/alert.ts';
import type { ListFilter } from '../core/list-filter.ts';
import type { Alerts, GestureRights } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';
import { toDigest } from './supabase-digest.ts';
import { accountPicture, alertPicture, digestFrame, sectionedAlerts } from './supabase-rows.ts';

const gestureAnswer = z.object({
  ok: z.boolean(),
  why: z
    .enum(REFUSALS)
    .nullable()
    // During a deployment, newer SQL may refuse for a reason that this version doesn't know.
    .or(z.string().transform(() => 'not-allowed' as const)),
  picture: alertPicture.nullable(),
});

const nearMatch = z
  .object({
    account_key: z.string(),
    name: z.string(),
    domain: z.string().nullable(),
    total_score: z.number().nullable(),
    tier: z.enum(['hot', 'warm', 'nurture', 'monitor']).nullable().catch(null),
  })
  .transform((row) => ({
    accountKey: row.account_key,
    name: row.name,
    domain: row.domain,
    totalScore: row.total_score,
    tier: row.tier,
  }));

const lookupAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('found'), picture: accountPicture }),
  z.object({ kind: z.literal('near'), matches: z.array(nearMatch), fitting: z.number() }),
  z
    .object({ kind: z.literal('none'), mail_provider: z.boolean().default(false) })
    .transform(({ kind, mail_provider }) => ({
      kind,
      ...(mail_provider && { isMailProvider: true }),
    })),
]);

const alertList = z.object({ alerts: z.array(alertPicture), total: z.number() });

const digestAnswer = digestFrame.extend({ alerts: sectionedAlerts });

export function supabaseAlerts(database: Database): Alerts {
  const gesture = async (name: string, args: Record<string, unknown>): Promise<GestureResult> => {
    const { ok, why, picture } = await database.call(name, args, gestureAnswer);
    if (ok && picture !== null) return { ok: true, picture };
    return { ok: false, refusal: toRefusal(why ?? 'not-found', picture) };
  };

  const limited = (within?: readonly string[]): Record<string, unknown> =>
    within === undefined ? {} : { p_channels: within };

  const narrowed = (filter?: ListFilter): Record<string, unknown> => {
    if (filter === undefined) return {};
    const { text: _, ...bounds } = filter;
    return { p_filter: bounds };
  };

  const list = (
    which: Record<string, unknown>,
    limit: number,
    offset: number,
    within?: readonly string[],
    filter?: ListFilter,
  ) =>
    database.call(
      'lead_bot_list',
      { ...which, p_limit: limit, p_offset: offset, ...limited(within), ...narrowed(filter) },
      alertList,
    );

  return {
    claim: (alertId, user, rights) =>
      gesture('lead_bot_claim', { p_alert_id: alertId, p_user: user, ...rightsOf(rights) }),
    pass: (alertId, user) => gesture('lead_bot_pass', { p_alert_id: alertId, p_user: user }),
    keep: (alertId, user) => gesture('lead_bot_keep', { p_alert_id: alertId, p_user: user }),
    giveBack: (alertId, user, rights) =>
      gesture('lead_bot_give_back', { p_alert_id: alertId, p_user: user, ...goneOwner(rights) }),
    release: (alertId, user, rights) =>
      gesture('lead_bot_release', {
        p_alert_id: alertId,
        p_user: user,
        ...rightsOf(rights),
        ...goneOwner(rights),
      }),
    contact: (alertId, user, method, note, rights) =>
      gesture('lead_bot_contact', {
        p_alert_id: alertId,
        p_user: user,
        p_method: method,
        p_note: note,
        ...rightsOf(rights),
      }),
    handOver: (alertId, user, to, note, rights) =>
      gesture('lead_bot_hand_over', {
        p_alert_id: alertId,
        p_user: user,
        p_to: to,
        p_note: note,
        ...rightsOf(rights),
      }),
    outcome: (alertId, user, outcome, until, note, rights) =>
      gesture('lead_bot_outcome', {
        p_alert_id: alertId,
        p_user: user,
        p_outcome: outcome,
        p_until: until?.toISOString() ?? null,
        p_note: note,
        ...rightsOf(rights),
      }),
    snooze: (alertId, user, until, rights) =>
      gesture('lead_bot_snooze', {
        p_alert_id: alertId,
        p_user: user,
        p_until: until.toISOString(),
        ...rightsOf(rights),
      }),
    notAFit: (alertId, user, reason, note, quietMs, rights) =>
      gesture('lead_bot_not_a_fit', {
        p_alert_id: alertId,
        p_user: user,
        p_reason: reason,
        p_note: note,
        p_quiet_seconds: Math.round(quietMs / 1000),
        ...rightsOf(rights),
      }),
    addNote: (alertId, user, note) =>
      gesture('lead_bot_note', { p_alert_id: alertId, p_user: user, p_note: note }),
    undo: (alertId, user, undoId) =>
      gesture('lead_bot_undo', { p_alert_id: alertId, p_user: user, p_undo_id: undoId }),
    find: (alertId) =>
      database.call('lead_bot_alert', { p_alert_id: alertId }, alertPicture.nullable()),
    lookup: ({ keys, emails, names, profiles, near, parts }, within) =>
      database.call(
        'lead_bot_lookup',
        {
          p_keys: keys,
          p_emails: emails,
          p_names: names,
          p_profiles: profiles,
          p_near: near,
          p_parts: parts,
          ...limited(within),
        },
        lookupAnswer,
      ),
    hot: (limit, offset = 0, within, filter) =>
      list({ p_owner: null }, limit, offset, within, filter),
    mine: (user, limit, offset = 0, within, filter) =>
      list({ p_owner: user }, limit, offset, within, filter),
    covered: (user, limit, within) =>
      database.call(
        'lead_bot_covered',
        { p_user: user, p_limit: limit, ...limited(within) },
        alertList,
      ),
    openOnes: (status, besides, limit, offset, within) =>
      list({ p_owner: null, p_status: status, p_message_id: besides }, limit, offset, within),
    inRollup: (messageId, limit, offset, within) =>
      list({ p_owner: null, p_message_id: messageId }, limit, offset, within),
    async previewDigest(channel, localDate) {
      const { alerts, ...frame } = await database.call(
        'lead_bot_preview_digest',
        { p_channel: channel },
        digestAnswer,
      );
      return toDigest(null, frame, localDate, alerts);
    },
  };
}

const rightsOf = (rights?: GestureRights): Record<string, unknown> =>
  rights?.isManager ? { p_manager: true } : {};

const goneOwner = (rights?: GestureRights): Record<string, unknown> =>
  rights?.goneOwner === undefined ? {} : { p_gone_owner: rights.goneOwner };

type Why = NonNullable<z.infer<typeof gestureAnswer>['why']>;

function toRefusal(why: Why, picture: AlertPicture | null): Refusal {
  if (picture === null) return { why: 'not-found' };
  const { owner, claimedAt, contactedAt, hold, offer } = picture.alert;
  switch (why) {
    case 'claimed-by-other':
      // The owner may have released it since the refusal.
      return owner !== null && claimedAt !== null
        ? { why, owner, claimedAt, picture }
        : { why: 'not-yours', owner: null, picture };
    case 'already-contacted':
      return { why, owner, contactedAt: contactedAt ?? picture.alert.openedAt, picture };
    case 'not-a-fit':
      return hold === null ? { why: 'not-allowed', picture } : { why, hold, picture };
    case 'already-theirs':
      return owner === null ? { why: 'not-allowed', picture } : { why, owner, picture };
    case 'offered':
      return offer === null ? { why: 'not-allowed', picture } : { why, offer, picture };
    case 'not-yours':
      return { why, owner, picture };
    case 'not-found':
      return { why };
    default:
      return { why, picture };
  }
}
