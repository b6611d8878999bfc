import { z } from 'zod';
import {
  type Alert,
  type AlertPicture,
  CONTACT_METHODS,
  type Hold,
  NOT_A_FIT_REASONS,
  OFFER_ENDS,
  type Offer,
  OUTCOMES,
  type Outcome,
} from '../core/alert.ts';
import type { AccountLead, Lead, ScoreComponents, Snapshot } from '../core/lead.ts';
import type { EnteringLead } from '../core/poll.ts';
import type { Week } from '../core/stats.ts';
import type { NewsItem } from '../core/steps.ts';
import { FATES, type Fate, type FateCounts } from '../core/why.ts';

/** Schemas for what the bot's SQL functions return, mapped to the types of the core. */

export const instant = z.iso.datetime({ offset: true, local: true }).transform((text, context) => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    context.addIssue({ code: 'custom', message: 'not a time' });
    return z.NEVER;
  }
  return date;
});

const tier = z.enum(['hot', 'warm', 'nurture', 'monitor']);
const score = z.number().min(0).max(100);
export const count = z.number().nonnegative();
const words = z.array(z.string());

/** `["AWS"]` as in the sample, or `[{"name": "AWS"}]` as some enrichment services return it. */
const techStack = z.array(
  z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]),
);

/** Details shown on a card. */
const details = {
  champion_name: z.string().nullable(),
  company_name: z.string().nullable(),
  industry: z.string().nullable(),
  employee_count: count.nullable(),
  employee_range: z.string().nullable(),
  funding_stage: z.string().nullable(),
  total_funding_usd: count.nullable(),
  tech_stack: techStack.nullable(),
  project_count: count.nullable(),
  billing_tier: z.string().nullable(),
  team_member_count: count.nullable(),
  api_calls_30d: count.nullable(),
  api_call_growth_pct: z.number().nullable(),
  last_active_at: instant.nullable(),
  suggested_action: z.string().nullable(),
};

/** Optional columns that the view's owner may append. Invalid values are dropped. */
const appended = {
  owner_email: z.string().max(320).nullable().catch(null),
  crm_url: z
    .url({ protocol: /^https?$/ })
    .max(3_000)
    .nullable()
    .catch(null),
  card_fields: z
    .array(z.object({ label: z.string(), text: z.string() }))
    .max(5)
    .catch([]),
};

/** A row of `lead_bot.leads_of`, strictly: a lead must have these columns. */
const leadShape = z.object({
  developer_id: z.guid(),
  email: z.string(),
  company_domain: z.string().nullable(),
  features_used: words,
  total_score: score.nullable(),
  tier: tier.nullable(),
  stakeholder_count: count,
  signal_count: count,
  ...details,
  ...appended,
});

type LeadRow = z.infer<typeof leadShape>;

/** The same row for an existing card: a field that turns invalid is dropped, so the card can still be updated. */
const lenientLeadShape = leadShape.extend({
  total_score: score.nullable().catch(null),
  employee_count: details.employee_count.catch(null),
  total_funding_usd: details.total_funding_usd.catch(null),
  tech_stack: details.tech_stack.catch(null),
  project_count: details.project_count.catch(null),
  team_member_count: details.team_member_count.catch(null),
  api_calls_30d: details.api_calls_30d.catch(null),
  api_call_growth_pct: details.api_call_growth_pct.catch(null),
  last_active_at: details.last_active_at.catch(null),
});

const componentColumns = {
  company_score: score.nullable().catch(null),
  usage_score: score.nullable().catch(null),
  expansion_score: score.nullable().catch(null),
  champion_score: score.nullable().catch(null),
  timing_score: score.nullable().catch(null),
};

interface ComponentRow {
  company_score: number | null;
  usage_score: number | null;
  expansion_score: number | null;
  champion_score: number | null;
  timing_score: number | null;
}

function toComponents(row: ComponentRow): ScoreComponents | null {
  const { company_score, usage_score, expansion_score, champion_score, timing_score } = row;
  if (
    company_score === null ||
    usage_score === null ||
    expansion_score === null ||
    champion_score === null ||
    timing_score === null
  ) {
    return null;
  }
  return {
    company: company_score,
    usage: usage_score,
    expansion: expansion_score,
    champion: champion_score,
    timing: timing_score,
  };
}

function toLead(row: LeadRow): Lead {
  return {
    developerId: row.developer_id,
    email: row.email,
    championName: row.champion_name,
    companyDomain: row.company_domain,
    companyName: row.company_name,
    industry: row.industry,
    employeeCount: row.employee_count,
    employeeRange: row.employee_range,
    fundingStage: row.funding_stage,
    totalFundingUsd: row.total_funding_usd,
    techStack: row.tech_stack ?? [],
    projectCount: row.project_count,
    billingTier: row.billing_tier,
    teamMemberCount: row.team_member_count,
    apiCalls30d: row.api_calls_30d,
    apiCallGrowthPct: row.api_call_growth_pct,
    lastActiveAt: row.last_active_at,
    featuresUsed: row.features_used,
    totalScore: row.total_score,
    tier: row.tier,
    suggestedAction: row.suggested_action,
    stakeholderCount: row.stakeholder_count,
    signalCount: row.signal_count,
    ownerEmail: row.owner_email,
    ownerUser: null,
    crmUrl: row.crm_url,
    cardFields: row.card_fields,
  };
}

/** Limits for the columns that identify a lead. */
const entry = {
  email: z.string().max(320),
  total_score: score,
  account_key: z.string().min(1).max(253),
  open_alert: z.enum(['none', 'with-card', 'without-card']),
};

const toEntering = (row: LeadRow & z.infer<z.ZodObject<typeof entry>>): EnteringLead => ({
  lead: toLead(row),
  accountKey: row.account_key,
  openAlert: row.open_alert,
});

/** A valid row of a poll. */
export const enteringLead = leadShape.extend(entry).transform(toEntering);

/** Drops invalid optional fields: a bad tech stack must not cost a hot lead. */
export const lenientEnteringLead = lenientLeadShape.extend(entry).transform(toEntering);

const snapshot = z
  .object({
    taken_at: instant,
    total_score: score.nullable().catch(null),
    tier: tier.nullable().catch(null),
    api_calls_30d: count.nullable().catch(null),
    api_call_growth_pct: z.number().nullable().catch(null),
    team_member_count: count.nullable().catch(null),
    project_count: count.nullable().catch(null),
    billing_tier: z.string().nullable(),
    features_used: words,
    ...componentColumns,
  })
  .transform(
    (row): Snapshot => ({
      takenAt: row.taken_at,
      totalScore: row.total_score,
      tier: row.tier,
      components: toComponents(row),
      apiCalls30d: row.api_calls_30d,
      apiCallGrowthPct: row.api_call_growth_pct,
      teamMemberCount: row.team_member_count,
      projectCount: row.project_count,
      billingTier: row.billing_tier,
      featuresUsed: row.features_used,
    }),
  );

const accountLead = lenientLeadShape
  .extend({
    ...componentColumns,
    features_used: words.catch([]),
    tier: tier.nullable().catch(null),
    stakeholder_count: count.catch(0),
    signal_count: count.catch(0),
    entered_at: instant.nullable(),
    left_at: instant.nullable(),
    before: snapshot.nullable().catch(null),
  })
  .transform(
    (row): AccountLead => ({
      ...toLead(row),
      components: toComponents(row),
      enteredAt: row.entered_at,
      leftAt: row.left_at,
      before: row.before,
    }),
  );

const signal = z
  .object({
    signal_type: z.string(),
    signal_title: z.string(),
    signal_detail: z.string().nullable(),
    signal_date: z.string().nullable(),
    signal_strength: z.enum(['low', 'medium', 'high']).catch('medium'),
  })
  .transform((row) => ({
    type: row.signal_type,
    title: row.signal_title,
    detail: row.signal_detail,
    date: row.signal_date,
    strength: row.signal_strength,
  }));

/** With or without `https://`, as some enrichment services have it. What isn't on linkedin.com is not shown. */
const linkedinUrl = z
  .string()
  .max(500)
  .transform((text) => URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`))
  .transform((url) =>
    url !== null && /(?:^|\.)linkedin\.com$/.test(url.hostname) ? url.href : null,
  )
  .nullish()
  .transform((url) => url ?? null)
  .catch(null);

const stakeholder = z
  .object({
    full_name: z.string(),
    title: z.string().nullable(),
    is_decision_maker: z.boolean().nullable(),
    is_technical: z.boolean().nullable(),
    is_budget_holder: z.boolean().nullable(),
    linkedin_url: linkedinUrl,
  })
  .transform((row) => ({
    fullName: row.full_name,
    title: row.title,
    isDecisionMaker: row.is_decision_maker ?? false,
    isTechnical: row.is_technical ?? false,
    isBudgetHolder: row.is_budget_holder ?? false,
    linkedinUrl: row.linkedin_url,
  }));

const account = z
  .object({
    key: z.string(),
    domain: z.string().nullable(),
    name: z.string(),
    linkedin_url: linkedinUrl,
    leads: z.array(accountLead),
    signals: z.array(signal),
    stakeholders: z.array(stakeholder),
  })
  .transform(({ linkedin_url, ...row }) => ({ ...row, linkedinUrl: linkedin_url }));

const status = z.enum(['open', 'claimed', 'contacted', 'cooled', 'merged']);

export const address = z.object({ channel: z.string(), ts: z.string() });

const hold = z.union([
  z.object({
    hold: z.literal('snoozed'),
    hold_by: z.string(),
    held_at: instant,
    hold_until: instant,
  }),
  z.object({
    hold: z.literal('not-a-fit'),
    hold_by: z.string(),
    held_at: instant,
    hold_until: instant,
    hold_reason: z.enum(NOT_A_FIT_REASONS),
  }),
]);

function toHold(row: z.infer<typeof hold>): Hold {
  const held = { by: row.hold_by, at: row.held_at, until: row.hold_until };
  return row.hold === 'snoozed'
    ? { kind: row.hold, ...held }
    : { kind: row.hold, reason: row.hold_reason, ...held };
}

/** Columns of an alert that carry its hold and its outcome, beside others. */
const holdOf = z
  .union([hold.transform(toHold), z.looseObject({ hold: z.null() }).transform(() => null)])
  .catch(null);

const outcomeOf = z
  .object({
    outcome: z.enum(OUTCOMES),
    outcome_at: instant,
    outcome_until: instant.nullish(),
  })
  .transform((row): Outcome | null => ({
    kind: row.outcome,
    at: row.outcome_at,
    until: row.outcome_until ?? null,
  }))
  .catch(null);

const undo = z.object({ id: z.guid(), kind: z.string(), actor: z.string(), at: instant });

const offer = z
  .object({
    holder: z.string(),
    source: z.enum(['owner', 'rotation']),
    instead_of: z.string().nullable(),
    until: instant,
    ended: z.enum(OFFER_ENDS).nullable(),
    ended_at: instant.nullable(),
  })
  .transform(
    ({ ended_at, instead_of, ...row }): Offer => ({
      ...row,
      insteadOf: instead_of,
      endedAt: ended_at,
    }),
  );

const alert = z
  .looseObject({
    id: z.guid(),
    account_key: z.string(),
    status,
    opened_at: instant,
    hot_at_first_poll: z.boolean(),
    closed_at: instant.nullable(),
    owner: z.string().nullable(),
    claimed_at: instant.nullable(),
    contacted_at: instant.nullable(),
    contact_method: z.enum(CONTACT_METHODS).nullable(),
    contact_note: z.string().nullable(),
    cooling_since: instant.nullable(),
    touches: count.catch(0),
    undo: undo.nullish().catch(null),
    offer: offer.nullish().catch(null),
    offer_due_at: instant.nullish().catch(null),
    due_at: instant.nullish().catch(null),
    keeps: count.catch(0),
    handed_by: z.string().nullish(),
    handed_from: z.string().nullish(),
    handed_at: instant.nullish().catch(null),
    // Older SQL returns neither.
    merged_into: z.guid().nullish(),
    continues_at: address.nullish(),
  })
  .transform(
    (row): Alert => ({
      id: row.id,
      accountKey: row.account_key,
      status: row.status,
      openedAt: row.opened_at,
      hotAtFirstPoll: row.hot_at_first_poll,
      closedAt: row.closed_at,
      owner: row.owner,
      claimedAt: row.claimed_at,
      contactedAt: row.contacted_at,
      contactMethod: row.contact_method,
      contactNote: row.contact_note,
      touches: row.touches,
      outcome: outcomeOf.parse(row),
      hold: holdOf.parse(row),
      undo: row.undo ?? null,
      offer: row.offer ?? null,
      offerDueAt: row.offer_due_at ?? null,
      dueAt: row.due_at ?? null,
      keeps: row.keeps,
      handedOver:
        row.handed_by && row.handed_at
          ? { by: row.handed_by, from: row.handed_from ?? null, at: row.handed_at }
          : null,
      coolingSince: row.cooling_since,
      mergedInto: row.merged_into
        ? { alertId: row.merged_into, card: row.continues_at ?? null }
        : null,
    }),
  );

const EVENT_KINDS = [
  'opened',
  'joined',
  'left',
  'returned',
  'claimed',
  'released',
  'contacted',
  'cooled',
  'moved',
  'merged',
  'absorbed',
  'handed-over',
  'outcome',
  'snoozed',
  'not-a-fit',
  'woke',
  'noted',
  'undone',
  'offered',
  'passed',
  'lapsed',
  'kept',
  'given-back',
  'reminded',
  'escalated',
  'warned',
  'expired',
  'asked',
] as const;
const KNOWN_KINDS: ReadonlySet<string> = new Set(EVENT_KINDS);

const event = z.object({
  /** The order of the history. */
  id: z.number().default(0),
  at: instant,
  kind: z.enum(EVENT_KINDS),
  actor: z.string().nullable(),
  detail: z.string().nullable(),
  target: z
    .string()
    .nullish()
    .transform((user) => user ?? null),
});

const unknownEvent = z
  .looseObject({ kind: z.string().refine((kind) => !KNOWN_KINDS.has(kind)) })
  .transform(() => null);

/** During a deployment, newer SQL may return kinds that this version doesn't know. They are left out. */
const events = z
  .array(z.union([event, unknownEvent]))
  .transform((lines) => lines.filter((line) => line !== null));

const note = z.object({
  at: instant,
  author: z.string(),
  kind: z.enum(['note', 'contact', 'hand-over', 'not-a-fit', 'outcome']),
  word: z.string().nullable(),
  body: z.string().max(3000).nullable(),
});

const pastAlert = z
  .looseObject({
    opened_at: instant,
    closed_at: instant,
    status,
    owner: z.string().nullable(),
    contacted_at: instant.nullable(),
    contact_method: z.enum(CONTACT_METHODS).nullish().catch(null),
    note: z
      .object({ author: z.string(), body: z.string().max(300) })
      .nullish()
      .catch(null),
  })
  .transform((row) => ({
    contactMethod: row.contact_method ?? null,
    hold: holdOf.parse(row),
    outcome: outcomeOf.parse(row),
    note: row.note ?? null,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    status: row.status,
    owner: row.owner,
    contactedAt: row.contacted_at,
  }));

export const alertPicture: z.ZodType<AlertPicture> = z
  .object({
    alert,
    account,
    events,
    // Apart, because bots of the first versions refuse an alert with a step that they don't know.
    newer_events: events.default([]),
    notes: z.array(note).max(20).catch([]),
    past: pastAlert.nullable(),
  })
  .transform(({ events: first, newer_events: newer, ...rest }) => ({
    ...rest,
    events: [...first, ...newer].sort((a, b) => a.id - b.id).map(({ id: _, ...step }) => step),
  }));

export const accountPicture = z.object({ account, current: alertPicture.nullable() });

/** What left the queue: digests made by an older version lack some. */
const departures = {
  contacted: count,
  'not-a-fit': count.default(0),
  snoozed: count.default(0),
  cooled: count,
};

/** During a deployment, newer SQL may know more words than this version. */
export const fateCounts = z.record(z.string(), count).transform((counts): FateCounts => {
  const known: Partial<Record<Fate, number>> = {};
  for (const [word, crossings] of Object.entries(counts)) {
    const fate = FATES.find((one) => one === word) ?? 'unknown';
    known[fate] = (known[fate] ?? 0) + crossings;
  }
  return known;
});

const week = z
  .object({
    from: instant,
    to: instant,
    alerts: count,
    claimed: count,
    contacted: count,
    not_a_fit: count,
    to_claim: count.nullable(),
    crossings: fateCounts,
  })
  .transform(
    ({ not_a_fit: notAFit, to_claim: toClaim, ...rest }): Week => ({ ...rest, notAFit, toClaim }),
  );

/** The frame of a digest, as it is stored with its message. */
export const digestFrame = z.object({
  made_at: instant,
  as_of: instant.optional(),
  since: instant.nullable(),
  counts: z.object({ unclaimed: count, claimed: count, opened: count, ...departures }),
  changes: z
    .object({
      before: count.nullable(),
      opened: count,
      back: count,
      merged: count,
      erased: count,
      ...departures,
    })
    .optional(),
  outcomes: z.partialRecord(z.enum(OUTCOMES), count).default({}).catch({}),
  week: week.nullish().catch(null),
});

export const sectionedAlerts = z.array(z.object({ section: z.string(), picture: alertPicture }));

/** From developers and the pipeline. */
const shortText = z.string().transform((text) => text.slice(0, 400));
const newsItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('champion'),
    who: shortText,
    address: shortText.nullable(),
    score: z.number().nullable(),
    why: shortText.nullable(),
  }),
  z.object({ kind: z.literal('growth-halved'), from: z.number(), to: z.number() }),
  z.object({ kind: z.literal('cooled') }),
  z.object({ kind: z.literal('hot-again') }),
  z.object({ kind: z.literal('signal'), title: shortText }),
  z.object({ kind: z.literal('decision-maker'), who: shortText, title: shortText.nullable() }),
  z.object({ kind: z.literal('rise'), from: z.number(), to: z.number() }),
]);
/** Without those that can't be read, or that this version doesn't know. */
export const newsItems = z.array(z.unknown()).transform((items): NewsItem[] =>
  items.slice(0, 20).flatMap((item) => {
    const parsed = newsItem.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  }),
);

const MAX_PROBLEMS = 5;

/** The first five invalid fields and why, without their values. */
export function problemsOf(error: z.ZodError): { field: string; problem: string }[] {
  return error.issues.slice(0, MAX_PROBLEMS).map((issue) => ({
    field: issue.path.join('.') || '(row)',
    problem: issue.code,
  }));
}
