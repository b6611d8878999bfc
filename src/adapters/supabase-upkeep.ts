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
    // Older SQL doesn't return it.
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

export const readHealth = (database: Database): Promise<Health> =>
  database.call('lead_bot_health', {}, healthAnswer);

const stepAnswer = z.object({ more: z.boolean() });

/** Each step handles hundreds of messages, so this is more than any backlog. */
const MAX_STEPS = 1_000;

/**
 * Called at startup: ends a pause of everything, moves unposted messages to the configured channels, and retries
 * messages that could not be drawn.
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
 * One short cleanup step: removes personal data from alerts closed more than `retentionDays` ago, and everything
 * older than `historyDays`. Any number of bots may call it.
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
