import { z } from 'zod';
import type { Outcomes, OutcomesHealth } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';
import { instant } from './supabase-rows.ts';

const takeAnswer = z
  .object({
    work: z.array(
      z
        .object({
          id: z.guid(),
          token: z.guid(),
          attempt: z.number(),
          event: z.object({
            type: z.string(),
            timestamp: instant,
            data: z.looseObject({ alert_id: z.string() }),
          }),
        })
        .transform(({ id, token, attempt, event: { type, timestamp, data } }) => ({
          event: {
            id,
            alertId: data.alert_id,
            type,
            body: JSON.stringify({ type, timestamp: timestamp.toISOString(), data }),
          },
          token,
          attempt,
        })),
    ),
    given_up: z.number(),
  })
  .transform(({ work, given_up: givenUp }) => ({ work, givenUp }));

const healthAnswer = z
  .object({
    waiting: z.number(),
    oldest_waiting_seconds: z.number(),
    set_aside: z.array(z.object({ reason: z.string().nullable(), count: z.number() })),
    endpoint: z
      .object({
        failures: z.number(),
        reason: z.string().nullable(),
        paused_until: instant.nullable(),
        gone_at: instant.nullable(),
      })
      .transform(({ paused_until: pausedUntil, gone_at: goneAt, ...rest }) => ({
        ...rest,
        pausedUntil,
        goneAt,
      }))
      .nullable(),
  })
  .transform(
    (row): OutcomesHealth => ({
      waiting: row.waiting,
      oldestWaitingSeconds: row.oldest_waiting_seconds,
      setAside: row.set_aside,
      endpoint: row.endpoint,
    }),
  );

/** @param fingerprint SHA-256 of the URL */
export const readOutcomesHealth = (
  database: Database,
  fingerprint: string,
): Promise<OutcomesHealth> =>
  database.call('lead_bot_outcomes_health', { p_endpoint: fingerprint }, healthAnswer);

/** @param fingerprint SHA-256 of the URL */
export function supabaseOutcomes(
  database: Database,
  { fingerprint, people }: { fingerprint: string; people: boolean },
): Outcomes {
  return {
    take: (limit, leaseMs, begins) =>
      database.call(
        'lead_bot_take_outcomes',
        {
          p_endpoint: fingerprint,
          p_limit: limit,
          p_lease_seconds: Math.round(leaseMs / 1_000),
          p_people: people,
          p_begins: begins,
        },
        takeAnswer,
      ),
    confirm: (id, token, result) =>
      database.call(
        'lead_bot_confirm_outcome',
        {
          p_id: id,
          p_token: token,
          p_endpoint: fingerprint,
          p_result: {
            outcome: result.kind,
            ...(result.kind !== 'delivered' && { reason: result.reason }),
            ...(result.kind !== 'delivered' &&
              result.retryAfterMs !== null && { retry_after_seconds: result.retryAfterMs / 1_000 }),
          },
        },
        z.enum(['delivered', 'waiting', 'set-aside', 'stale']),
      ),
  };
}
