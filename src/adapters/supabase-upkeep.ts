import { z } from 'zod';
import type { Health } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';
import { instant } from './supabase-rows.ts';

const healthAnswer = z
  .object({
    open_alerts: z.number(),
    waiting: z.number(),
    unclear: z.number(),
    dead: z.number(),
    // SQL of before does not count them.
    replaced: z.number().default(0),
    oldest_waiting_seconds: z.number(),
    dead_reasons: z.array(
      z.object({
        kind: z.string(),
        channel: z.string(),
        reason: z.string().nullable(),
        count: z.number(),
      }),
    ),
    paused: z.array(
      z.object({ channel: z.string(), reason: z.string().nullable(), until: instant.nullable() }),
    ),
  })
  .transform(
    (row): Health => ({
      openAlerts: row.open_alerts,
      waiting: row.waiting,
      unclear: row.unclear,
      dead: row.dead,
      replaced: row.replaced,
      oldestWaitingSeconds: row.oldest_waiting_seconds,
      deadReasons: row.dead_reasons,
      paused: row.paused,
    }),
  );

/** @throws DatabaseError when the database does not answer. */
export const readHealth = (database: Database): Promise<Health> =>
  database.call('lead_bot_health', {}, healthAnswer);

const stepAnswer = z.object({ more: z.boolean() });

/** More than waits in any channel; each step takes in hundreds of messages. */
const MAX_STEPS = 1_000;

/**
 * To be called when a bot starts: ends the pause of everything, moves what was never posted to the
 * channels that are set now, and tries again what could not be drawn.
 */
export async function resume(
  database: Database,
  alertChannel: string,
  digestChannel: string,
): Promise<void> {
  for (let step = 1; step <= MAX_STEPS; step++) {
    const { more } = await database.call(
      'lead_bot_resume',
      { p_alert_channel: alertChannel, p_digest_channel: digestChannel },
      stepAnswer,
    );
    if (!more) return;
  }
}

/**
 * One short step of deleting what nobody needs any more: the personal data of alerts that were closed
 * longer ago than `retentionDays`, and everything that is older than `historyDays`. Any number of bots may
 * call it.
 *
 * @returns whether there is more to delete
 */
export async function tidy(
  database: Database,
  retentionDays: number,
  historyDays: number,
): Promise<boolean> {
  const { more } = await database.call(
    'lead_bot_tidy',
    { p_retention_days: retentionDays, p_history_days: historyDays },
    stepAnswer,
  );
  return more;
}
