import { z } from 'zod';
import {
  type Content,
  type Delivery,
  DIRECT_KINDS,
  type DirectRow,
  type Outcome,
  type UnreadableDelivery,
} from '../core/message.ts';
import type { Outbox } from '../core/ports.ts';
import { STEP_KINDS } from '../core/steps.ts';
import type { Database } from './supabase-client.ts';
import { toDigest } from './supabase-digest.ts';
import {
  address,
  digestFrame,
  instant,
  newsItems,
  problemsOf,
  sectionedAlerts,
} from './supabase-rows.ts';

const envelope = z.object({
  id: z.guid(),
  token: z.guid(),
  action: z.enum(['post', 'update', 'look', 'recheck', 'remove']),
  kind: z.enum(['card', 'rollup', 'digest', 'notice', 'dm', 'home']),
  channel: z.string(),
  slack_channel: z.string().nullable(),
  slack_ts: z.string().nullable(),
  thread_ts: z.string().nullable(),
  replaces: address.nullish(),
  continues_at: address.nullish(),
  version: z.number(),
  plain: z.boolean(),
  attempts: z.number(),
  refusals: z.number(),
  attempted_at: instant.nullable(),
  created_at: instant,
  shown_hash: z.string().nullable(),
  gesture_ms: z.number().nullish().catch(null),
  unwanted: z.boolean().default(false),
  payload: z.unknown(),
  alerts: z.unknown(),
});

const rollupPayload = z.object({
  reason: z.enum(['first-run', 'storm']),
  made_at: instant,
  total: z.number(),
});
const digestPayload = digestFrame.extend({ local_date: z.iso.date() });

const noticePayload = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('joined'),
    who: z.string(),
    score: z.number().nullable(),
    others: z.number().default(0),
  }),
  z.object({
    kind: z.literal('merged'),
    company: z.string(),
    whom: z.string(),
    owner: z.string().nullable(),
  }),
  z.object({ kind: z.literal('released'), by: z.string(), owner: z.string() }),
  z.object({ kind: z.literal('handed-over'), by: z.string(), to: z.string() }),
  z.object({ kind: z.literal('given-back'), by: z.string(), to: z.string().nullable() }),
  z.object({ kind: z.literal('offered'), to: z.string(), until: instant }),
  z.object({
    kind: z.literal('woke'),
    by: z.string().transform((by) => by || null),
    owner: z.string().nullable(),
  }),
  z.object({ kind: z.literal('cold') }),
  z.object({
    kind: z.literal('reminder'),
    to: z.string().nullable(),
    since: instant,
    others: z.number().default(0),
    company: z
      .string()
      .transform((text) => text.slice(0, 200))
      .optional(),
  }),
  z.object({ kind: z.literal('warned'), owner: z.string(), until: instant }),
  z.object({ kind: z.literal('expired'), owner: z.string().nullable() }),
  z.object({
    kind: z.literal('news'),
    owner: z.string().nullable(),
    contacted: z.boolean(),
    items: newsItems,
  }),
]);

const directReason = z
  .object({ kind: z.enum(DIRECT_KINDS), to: z.string(), until: instant.nullish() })
  .transform(({ until, ...reason }) => ({ ...reason, ...(until ? { until } : {}) }));
const directList = z.object({
  kind: z.enum(['due', 'morning']),
  to: z.string(),
  total: z.number(),
  /** By alert. */
  news: z.record(z.string(), newsItems).default({}),
});
const homePayload = z.object({
  user: z.string(),
  pages: z.object({ mine: z.number(), unclaimed: z.number() }),
  idle: z.boolean().default(false),
});
const directSection = z.enum([...STEP_KINDS, 'mine', 'offers', 'moved']);

/** What this version can draw. During a deployment an older bot leaves newer kinds to newer bots. */
const SORTS = [
  'card',
  'held-card',
  'rollup',
  'digest',
  'home',
  'dm',
  ...DIRECT_KINDS.filter((kind) => kind !== 'offer' && kind !== 'hand-over'),
  ...directList.shape.kind.options,
  ...noticePayload.options.map(kindOfNotice),
];
function kindOfNotice({ shape }: (typeof noticePayload.options)[number]): string {
  return shape.kind.value;
}

const oneAlert = sectionedAlerts.length(1).transform(([only], context) => {
  if (only !== undefined) return only.picture;
  context.addIssue({ code: 'custom', message: 'no alert' });
  return z.NEVER;
});

const takeAnswer = z.object({ work: z.array(z.unknown()), next_due_ms: z.number().nullable() });

/** Just enough to hand back a message that doesn't parse. */
const unreadableRow = z.object({
  id: z.guid(),
  token: z.guid(),
  refusals: z.number().catch(0),
  /** SQLSTATE, if the database itself could not read it. */
  unreadable: z.string().optional(),
});

export function supabaseOutbox(database: Database): Outbox {
  return {
    async take(limit, leaseMs) {
      const answer = await database.call(
        'lead_bot_take',
        { p_limit: limit, p_lease_seconds: Math.ceil(leaseMs / 1000), p_sorts: SORTS },
        takeAnswer,
      );
      const deliveries: Delivery[] = [];
      const unread: UnreadableDelivery[] = [];
      for (const row of answer.work) {
        const parsed = delivery.safeParse(row);
        if (parsed.success) deliveries.push(parsed.data);
        else {
          const { id, token, refusals, unreadable: code } = unreadableRow.parse(row);
          const problem =
            code ??
            problemsOf(parsed.error)
              .map((p) => `${p.field}: ${p.problem}`)
              .join(', ');
          unread.push({ messageId: id, token, refusals, problem });
        }
      }
      return { deliveries, unreadable: unread, nextDueMs: answer.next_due_ms };
    },

    confirm: (messageId, token, outcome) =>
      database.call(
        'lead_bot_confirm',
        { p_id: messageId, p_token: token, p_outcome: toJson(outcome) },
        z.boolean(),
      ),
  };
}

const delivery = envelope.transform((row, context): Delivery => {
  const content = contentOf(row);
  if (!content.success) {
    for (const issue of content.error.issues) {
      context.addIssue({ code: 'custom', message: issue.message, path: [...issue.path] });
    }
    return z.NEVER;
  }
  return {
    messageId: row.id,
    token: row.token,
    action: row.action,
    channel: row.channel,
    address:
      row.slack_channel !== null && row.slack_ts !== null
        ? { channel: row.slack_channel, ts: row.slack_ts }
        : null,
    threadTs: row.thread_ts,
    version: row.version,
    plain: row.plain,
    attempts: row.attempts,
    refusals: row.refusals,
    attemptedAt: row.attempted_at,
    createdAt: row.created_at,
    shownHash: row.shown_hash,
    ...(typeof row.gesture_ms === 'number' && { gestureMs: row.gesture_ms }),
    content: content.data,
  };
});

const detour = z
  .object({ meant_for: z.string(), refused: z.string() })
  .transform(({ meant_for, refused }) => ({ meantFor: meant_for, reason: refused }))
  .nullable()
  .catch(null);

type Parsed = { success: true; data: Content } | { success: false; error: z.ZodError };

function contentOf({
  id,
  kind,
  unwanted,
  payload,
  alerts,
  replaces,
  continues_at: elsewhere,
}: z.infer<typeof envelope>): Parsed {
  if (unwanted) return { success: true, data: { kind: 'nothing' } };
  switch (kind) {
    case 'card':
      return z
        .object({ alerts: oneAlert, payload: detour })
        .transform(
          ({ alerts: picture, payload }): Content => ({
            kind,
            picture,
            ...(replaces ? { replaces } : {}),
            ...(payload ? { detour: payload } : {}),
          }),
        )
        .safeParse({ alerts, payload });
    case 'dm': {
      if (directList.safeParse(payload).success) {
        return z
          .object({ payload: directList, alerts: sectionedAlerts })
          .transform(({ payload: list, alerts: rows }): Content => toList(list, rows))
          .safeParse({ payload, alerts });
      }
      return z
        .object({ alerts: oneAlert, payload: directReason })
        .transform(({ alerts: picture, payload: reason }): Content => ({ kind, reason, picture }))
        .safeParse({ alerts, payload });
    }
    case 'notice':
      return z
        .object({ payload: noticePayload })
        .transform(
          ({ payload: notice }): Content => ({ kind, notice, ...(elsewhere ? { elsewhere } : {}) }),
        )
        .safeParse({ payload });
    case 'rollup':
      return z
        .object({ payload: rollupPayload, alerts: sectionedAlerts, moved: detour })
        .transform(({ payload: { reason, made_at, total }, alerts: rows, moved }): Content => {
          const pictures = rows.map((row) => row.picture);
          return {
            kind,
            rollup: { id, reason, madeAt: made_at, total, alerts: pictures },
            ...(moved ? { detour: moved } : {}),
          };
        })
        .safeParse({ payload, alerts, moved: payload });
    case 'home':
      return z
        .object({ payload: homePayload })
        .transform(({ payload: { idle: isIdle, ...home } }): Content => ({ kind, ...home, isIdle }))
        .safeParse({ payload });
    case 'digest':
      return z
        .object({ payload: digestPayload, alerts: sectionedAlerts })
        .transform(({ payload: { local_date, ...frame }, alerts: rows }): Content => {
          return { kind, digest: toDigest(id, frame, local_date, rows) };
        })
        .safeParse({ payload, alerts });
  }
}

/** Rows of a section that this version doesn't know are left out. */
function toList(
  { news, ...list }: z.infer<typeof directList>,
  alerts: z.infer<typeof sectionedAlerts>,
): Content {
  const rows = alerts.flatMap(({ section, picture }): DirectRow[] => {
    const known = directSection.safeParse(section);
    return known.success
      ? [{ section: known.data, picture, news: news[picture.alert.id] ?? [] }]
      : [];
  });
  return { kind: 'dm-list', list: { ...list, rows } };
}

function toJson(outcome: Outcome): Record<string, unknown> {
  switch (outcome.kind) {
    case 'shown':
      return {
        outcome: 'shown',
        version: outcome.version,
        hash: outcome.hash,
        sent: outcome.sent,
        ...outcome.address,
      };
    case 'found':
      return { outcome: 'found', ...outcome.address };
    case 'missing':
      return { outcome: 'missing', after_seconds: outcome.settleMs / 1000 };
    case 'rechecked':
      return { outcome: 'rechecked', ...outcome.keep };
    case 'removed':
      return { outcome: 'removed' };
    case 'unclear':
      return {
        outcome: 'unclear',
        reason: outcome.reason,
        after_seconds: outcome.settleMs / 1000,
      };
    case 'later':
      return {
        outcome: 'later',
        reason: outcome.reason,
        after_seconds: outcome.afterMs / 1000,
        whole_channel: outcome.wholeChannel,
        counts: outcome.counts,
      };
    case 'blind':
      return {
        outcome: 'blind',
        reason: outcome.reason,
        after_seconds: outcome.afterMs / 1000,
      };
    case 'pause':
      return { outcome: 'pause', reason: outcome.reason, everything: outcome.everything };
    default:
      return { outcome: outcome.kind, reason: outcome.reason };
  }
}
