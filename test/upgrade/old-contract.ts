import { z } from 'zod';

/**
 * What bots of 9bb4b54 require of the answers to their calls: the shapes of that commit's `src/adapters`. Where
 * those caught a wrong value, anything is let through here. `old-calls.test.ts` holds today's SQL to them.
 */

const instant = z.iso.datetime({ offset: true, local: true });
const tier = z.enum(['hot', 'warm', 'nurture', 'monitor']);
const score = z.number().min(0).max(100);
const words = z.array(z.string());
const status = z.enum(['open', 'claimed', 'contacted', 'cooled']);
const text = z.string().nullable();

const lead = z.object({
  developer_id: z.guid(),
  email: z.string(),
  company_domain: text,
  features_used: words,
  tier: tier.nullable(),
  stakeholder_count: z.number().nonnegative(),
  signal_count: z.number().nonnegative(),
  champion_name: text,
  company_name: text,
  industry: text,
  employee_range: text,
  funding_stage: text,
  billing_tier: text,
  suggested_action: text,
});

/** Of these fields any value was taken, but the field had to be there. */
const anything = (...names: readonly string[]) =>
  z.looseObject(
    Object.fromEntries(names.map((name) => [name, z.unknown().refine((v) => v !== undefined)])),
  );

const components = anything(
  'company_score',
  'usage_score',
  'expansion_score',
  'champion_score',
  'timing_score',
);

const account = z.object({
  key: z.string(),
  domain: text,
  name: z.string(),
  leads: z.array(
    lead
      .extend({
        entered_at: instant.nullable(),
        left_at: instant.nullable(),
        before: z
          .object({ taken_at: instant, billing_tier: text, features_used: words })
          .nullable(),
      })
      .and(components),
  ),
  signals: z.array(
    z.object({
      signal_type: z.string(),
      signal_title: z.string(),
      signal_detail: text,
      signal_date: text,
    }),
  ),
  stakeholders: z.array(
    z.object({
      full_name: z.string(),
      title: text,
      is_decision_maker: z.boolean().nullable(),
      is_technical: z.boolean().nullable(),
      is_budget_holder: z.boolean().nullable(),
    }),
  ),
});

const alertPicture = z.object({
  alert: z.object({
    id: z.guid(),
    account_key: z.string(),
    status,
    opened_at: instant,
    hot_at_first_poll: z.boolean(),
    closed_at: instant.nullable(),
    owner: text,
    claimed_at: instant.nullable(),
    contacted_at: instant.nullable(),
    contact_method: z.enum(['email', 'call', 'linkedin', 'meeting', 'other']).nullable(),
    contact_note: text,
    cooling_since: instant.nullable(),
  }),
  account,
  events: z.array(
    z.object({
      at: instant,
      kind: z.enum([
        'opened',
        'joined',
        'left',
        'returned',
        'claimed',
        'released',
        'contacted',
        'cooled',
      ]),
      actor: text,
      detail: text,
    }),
  ),
  past: z
    .object({
      opened_at: instant,
      closed_at: instant,
      status,
      owner: text,
      contacted_at: instant.nullable(),
    })
    .nullable(),
});

const gesture = z.object({
  ok: z.boolean(),
  why: z
    .enum([
      'not-found',
      'already-yours',
      'claimed-by-other',
      'not-yours',
      'already-contacted',
      'over',
    ])
    .nullable(),
  picture: alertPicture.nullable(),
});

const sectioned = z.array(z.object({ section: z.string(), picture: alertPicture }));
const digestFrame = z.object({
  made_at: instant,
  since: instant.nullable(),
  counts: z.object({
    unclaimed: z.number().nonnegative(),
    claimed: z.number().nonnegative(),
    contacted: z.number().nonnegative(),
    cooled: z.number().nonnegative(),
    opened: z.number().nonnegative(),
  }),
});

const envelope = z.object({
  id: z.guid(),
  token: z.guid(),
  action: z.enum(['post', 'update', 'look', 'recheck', 'remove']),
  channel: z.string(),
  slack_channel: text,
  slack_ts: text,
  thread_ts: text,
  version: z.number(),
  plain: z.boolean(),
  attempts: z.number(),
  refusals: z.number(),
  attempted_at: instant.nullable(),
  created_at: instant,
  shown_hash: text,
});

const drawn = z.discriminatedUnion('kind', [
  envelope.extend({ kind: z.literal('card'), alerts: sectioned.length(1) }),
  envelope.extend({
    kind: z.literal('notice'),
    payload: z.object({
      kind: z.literal('joined'),
      who: z.string(),
      score: z.number().nullable(),
    }),
  }),
  envelope.extend({
    kind: z.literal('rollup'),
    payload: z.object({
      reason: z.enum(['first-run', 'storm']),
      made_at: instant,
      total: z.number(),
    }),
    alerts: sectioned,
  }),
  envelope.extend({
    kind: z.literal('digest'),
    payload: digestFrame.extend({ local_date: z.iso.date() }),
    alerts: sectioned,
  }),
]);

/** Why such a bot couldn't read a message that it is given; null if it can. What is to be removed is not drawn. */
export function whyUnreadable(row: unknown): string | null {
  const isUnwanted = z.object({ unwanted: z.literal(true) }).safeParse(row).success;
  const read = (isUnwanted ? envelope : drawn).safeParse(row);
  return read.success ? null : z.prettifyError(read.error);
}

/** The calls of such a bot, with the names of their arguments. */
export const OLD_ANSWERS = {
  lead_bot_alert: alertPicture.nullable(),
  lead_bot_changes: z.object({
    first_run: z.boolean(),
    moved: z.boolean(),
    more: z.boolean(),
    entered: z.array(
      lead.extend({
        total_score: score,
        account_key: z.string().min(1),
        open_alert: z.enum(['none', 'with-card', 'without-card']),
      }),
    ),
  }),
  lead_bot_claim: gesture,
  lead_bot_confirm: z.boolean(),
  lead_bot_contact: gesture,
  lead_bot_first_seen: z.boolean(),
  lead_bot_health: z.object({
    open_alerts: z.number(),
    waiting: z.number(),
    unclear: z.number(),
    dead: z.number(),
    oldest_waiting_seconds: z.number(),
    dead_reasons: z.array(
      z.object({ kind: z.string(), channel: z.string(), reason: text, count: z.number() }),
    ),
    paused: z.array(z.object({ channel: z.string(), reason: text, until: instant.nullable() })),
  }),
  lead_bot_list: z.object({ alerts: z.array(alertPicture), total: z.number() }),
  lead_bot_lookup: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('found'),
      picture: z.object({ account, current: alertPicture.nullable() }),
    }),
    z.object({
      kind: z.literal('near'),
      matches: z.array(
        z.object({
          account_key: z.string(),
          name: z.string(),
          domain: text,
          total_score: z.number().nullable(),
          tier: tier.nullable(),
        }),
      ),
      fitting: z.number(),
    }),
    z.object({ kind: z.literal('none') }),
  ]),
  lead_bot_preview_digest: digestFrame.extend({ alerts: sectioned }),
  lead_bot_record_poll: z.object({
    opened: z.number(),
    joined: z.number(),
    left: z.number(),
    returned: z.number(),
    cooled: z.number(),
  }),
  lead_bot_refuse: z.unknown(),
  lead_bot_release: gesture,
  lead_bot_request_digest: z.enum(['made', 'exists', 'before-first-poll', 'too-early', 'too-late']),
  lead_bot_resume: z.unknown(),
  lead_bot_take: z.object({ work: z.array(z.unknown()), next_due_ms: z.number().nullable() }),
  lead_bot_tidy: z.unknown(),
  lead_bot_exposed: z.object({
    relations: z.array(z.object({ role: z.enum(['anon', 'authenticated']), name: z.string() })),
    functions: z.array(z.object({ role: z.enum(['anon', 'authenticated']), name: z.string() })),
  }),
} as const;
