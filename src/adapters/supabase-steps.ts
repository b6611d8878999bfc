import { z } from 'zod';
import type { DirectSettings, Mornings, Steps } from '../core/ports.ts';
import { MUTABLE, type Mutable, STEP_KINDS, type StepCase } from '../core/steps.ts';
import type { Database } from './supabase-client.ts';
import { instant } from './supabase-rows.ts';

const takenStep = z
  .object({ kind: z.enum(STEP_KINDS), at: instant, delivered_at: instant.nullable() })
  .transform(({ kind, at, delivered_at: deliveredAt }) => ({ kind, at, deliveredAt }));

/** A newer bot may have taken others. */
const knownSteps = (steps: readonly unknown[]): z.output<typeof takenStep>[] =>
  steps.flatMap((step) => {
    const parsed = takenStep.safeParse(step);
    return parsed.success ? [parsed.data] : [];
  });

const stepCase = z
  .object({
    alert_id: z.string(),
    seen: z.string(),
    period: z.string(),
    channel: z.string().nullable(),
    status: z.enum(['open', 'claimed', 'contacted']),
    is_hot: z.boolean(),
    owner: z.string().nullable(),
    waits_since: instant,
    owner_back_at: instant.nullable(),
    has_outcome: z.boolean(),
    keeps: z.number(),
    score: z.number().nullable().catch(null),
    holder: z.string().nullable(),
    has_news: z.boolean(),
    news_told_at: instant.nullable(),
    last_step_at: instant.nullable(),
    taken: z.array(z.unknown()).transform(knownSteps),
  })
  .transform(
    (row): StepCase => ({
      alertId: row.alert_id,
      seen: row.seen,
      period: row.period,
      channel: row.channel,
      status: row.status,
      isHot: row.is_hot,
      owner: row.owner,
      waitsSince: row.waits_since,
      ownerBackAt: row.owner_back_at,
      hasOutcome: row.has_outcome,
      keeps: row.keeps,
      score: row.score,
      holder: row.holder,
      hasNews: row.has_news,
      newsToldAt: row.news_told_at,
      lastStepAt: row.last_step_at,
      taken: row.taken,
    }),
  );

const dueAnswer = z.object({
  now: instant,
  since: z
    .object({ claim: instant.nullish(), contact: instant.nullish(), follow_up: instant.nullish() })
    .transform(({ claim = null, contact = null, follow_up: followUp = null }) => ({
      claim,
      contact,
      followUp,
    })),
  cases: z.array(stepCase),
});

export function supabaseSteps(database: Database): Steps {
  return {
    async setDeadlines({ claimMs, contactMs, followUpMs }) {
      await database.call(
        'lead_bot_set_deadlines',
        {
          p_on: {
            claim: claimMs !== null,
            contact: contactMs !== null,
            follow_up: followUpMs !== null,
          },
        },
        z.unknown(),
      );
    },
    due: (limit) => database.call('lead_bot_steps_due', { p_limit: limit }, dueAnswer),
    async defer(cases) {
      await database.call(
        'lead_bot_defer_steps',
        {
          p_cases: cases.map(({ alertId, seen, at, dueAt }) => ({
            alert_id: alertId,
            seen,
            at: at?.toISOString() ?? null,
            due_at: dueAt?.toISOString() ?? null,
          })),
        },
        z.unknown(),
      );
    },
    take: (steps, readers, together) =>
      database.call(
        'lead_bot_take_steps',
        {
          p_steps: steps.map(({ alertId, kind, period, until }) => ({
            alert_id: alertId,
            kind,
            period,
            until: until?.toISOString() ?? null,
          })),
          p_readers: readers.map(({ to, at, sendBy }) => ({
            to,
            at: at.toISOString(),
            send_by: sendBy.toISOString(),
          })),
          p_together: together,
        },
        z.number(),
      ),
  };
}

export function supabaseMornings(database: Database): Mornings {
  return {
    people: () => database.call('lead_bot_people_with_leads', {}, z.array(z.string()).max(500)),
    want: (person, localDate, sendBy) =>
      database.call(
        'lead_bot_want_morning',
        { p_person: person, p_date: localDate, p_send_by: sendBy.toISOString() },
        z.boolean(),
      ),
  };
}

const MUTABLE_KINDS: ReadonlySet<string> = new Set(MUTABLE);
const isMutable = (kind: string): kind is Mutable => MUTABLE_KINDS.has(kind);

/** Without kinds that this version doesn't know. */
const muted = z.array(z.string()).transform((kinds) => new Set(kinds.filter(isMutable)));

export function supabaseDirectSettings(database: Database): DirectSettings {
  return {
    muted: (user) => database.call('lead_bot_muted', { p_user: user }, muted),
    async mute(user, kind, isMuted) {
      await database.call(
        'lead_bot_mute',
        { p_user: user, p_kind: kind, p_muted: isMuted },
        z.unknown(),
      );
    },
  };
}
