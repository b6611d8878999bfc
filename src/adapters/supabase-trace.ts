import { z } from 'zod';
import type { Trace, TraceEntry } from '../core/trace.ts';
import type { Database } from './supabase-client.ts';
import { instant } from './supabase-rows.ts';

/** Nulls are left out of the answer. */
const text = z.string().max(600).default('');
const textOrNull = z.string().max(600).nullable().default(null);
const time = instant.nullable().default(null);
const number = z.number().nullable().default(null);
const count = z.number().default(0);
const flag = z.boolean().default(false);
const id = z.guid();

const always = { at: instant, alert_id: id.nullable().default(null) };
const ofMessage = { message_id: id, message: text, about: textOrNull, channel: textOrNull };

const entry = z.discriminatedUnion('kind', [
  z
    .object({
      ...always,
      kind: z.literal('crossing'),
      developer_id: id,
      before: number,
      score: number,
      fate: text,
    })
    .transform(({ alert_id: alertId, developer_id: developerId, ...rest }) => ({
      ...rest,
      alertId,
      developerId,
    })),
  z
    .object({
      ...always,
      kind: z.literal('noticed'),
      developer_id: id,
      since: instant,
      bot: textOrNull,
    })
    .transform(({ alert_id: alertId, developer_id: developerId, ...rest }) => ({
      ...rest,
      alertId,
      developerId,
    })),
  z
    .object({
      ...always,
      kind: z.literal('event'),
      event: text,
      actor: textOrNull,
      target: textOrNull,
      detail: textOrNull,
      developer_id: id.nullable().default(null),
      until: time,
      bot: textOrNull,
    })
    .transform(({ alert_id: alertId, developer_id: developerId, ...rest }) => ({
      ...rest,
      alertId,
      developerId,
    })),
  z
    .object({ ...always, kind: z.literal('step'), step: text, bot: textOrNull })
    .transform(({ alert_id: alertId, ...rest }) => ({ ...rest, alertId })),
  z
    .object({ ...always, kind: z.literal('queued'), ...ofMessage, replaces: flag })
    .transform(({ alert_id: alertId, message_id: messageId, ...rest }) => ({
      ...rest,
      alertId,
      messageId,
    })),
  z
    .object({
      ...always,
      kind: z.literal('sent'),
      ...ofMessage,
      first: flag,
      found: flag,
      ts: textOrNull,
      version: number,
      tries: number,
      taken_at: time,
      after_gap: flag,
      lost_leases: count,
      bot: textOrNull,
    })
    .transform(({ alert_id, message_id, first, taken_at, after_gap, lost_leases, ...rest }) => ({
      ...rest,
      alertId: alert_id,
      messageId: message_id,
      isFirst: first,
      takenAt: taken_at,
      afterGap: after_gap,
      lostLeases: lost_leases,
    })),
  z
    .object({
      ...always,
      kind: z.literal('tried'),
      ...ofMessage,
      state: text,
      removal: textOrNull,
      tries: count,
      looks: count,
      leased: flag,
      error: textOrNull,
      bot: textOrNull,
    })
    .transform(({ alert_id: alertId, message_id: messageId, leased: isLeased, ...rest }) => ({
      ...rest,
      alertId,
      messageId,
      isLeased,
    })),
  z
    .object({
      ...always,
      kind: z.literal('webhook'),
      type: text,
      sequence: count,
      since: instant,
      delivered: flag,
      tries: count,
      error: textOrNull,
      bot: textOrNull,
    })
    .transform(({ alert_id: alertId, ...rest }) => ({ ...rest, alertId })),
]) satisfies z.ZodType<TraceEntry>;

const waiting = z
  .object({
    alert_id: id.nullable().default(null),
    ...ofMessage,
    state: text,
    removal: textOrNull,
    due_at: instant,
    tries: count,
    taken: flag,
  })
  .transform(({ alert_id, message_id, due_at, taken, ...rest }) => ({
    ...rest,
    alertId: alert_id,
    messageId: message_id,
    dueAt: due_at,
    isTaken: taken,
  }));

const webhook = z
  .object({
    alert_id: id,
    type: text,
    sequence: count,
    tries: count,
    due_at: time,
    error: textOrNull,
    bot: textOrNull,
  })
  .transform(({ alert_id: alertId, due_at: dueAt, ...rest }) => ({ ...rest, alertId, dueAt }));

const alert = z
  .object({
    id,
    opened_at: instant,
    closed_at: time,
    status: text,
    owner: textOrNull,
    opened_score: number,
    reasons: textOrNull,
    channel: textOrNull,
    channel_unfit: textOrNull,
    cooling_since: time,
    merged_into: id.nullable().default(null),
    hold: textOrNull,
    hold_until: time,
    due_at: time,
    scrubbed_at: time,
  })
  .transform((row) => ({
    id: row.id,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    status: row.status,
    owner: row.owner,
    openedScore: row.opened_score,
    reasons: row.reasons,
    channel: row.channel,
    channelUnfit: row.channel_unfit,
    coolingSince: row.cooling_since,
    mergedInto: row.merged_into,
    hold: row.hold,
    holdUntil: row.hold_until,
    dueAt: row.due_at,
    scrubbedAt: row.scrubbed_at,
  }));

const traceAnswer = z
  .object({
    account_key: z.string(),
    asked: z.array(id),
    watching_since: time,
    alerts: z.array(alert).max(5),
    older_alerts: count,
    entries: z.array(entry).max(2_000),
    more: z.boolean(),
    waiting: z.array(waiting).max(1_100),
    webhooks: z.array(webhook).max(1_000),
  })
  .transform(
    ({ account_key, watching_since, older_alerts, ...rest }): Trace => ({
      ...rest,
      accountKey: account_key,
      watchingSince: watching_since,
      olderAlerts: older_alerts,
    }),
  )
  .nullable();

export interface TraceQuery {
  /** Account keys or domains, tried in order. */
  keys: readonly string[];
  /** Addresses of developers, tried first. */
  emails: readonly string[];
  /** How far back to look; null for everything. */
  days: number | null;
}

/** What happened to a company or a developer; null if nobody is known. */
export const readTrace = (
  database: Database,
  { keys, emails, days }: TraceQuery,
): Promise<Trace | null> =>
  database.call('lead_bot_trace', { p_keys: keys, p_emails: emails, p_days: days }, traceAnswer);
