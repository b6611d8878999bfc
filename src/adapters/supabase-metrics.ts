import { z } from 'zod';
import type { Meter } from '../core/ports.ts';
import { CALL_TIMEOUT_MS, type Database } from './supabase-client.ts';

const count = z.number();
const numbers = z.object({
  limit_ms: count,
  alerts: z.object({
    open: count,
    claimed: count,
    contacted: count,
    snoozed: count,
    not_a_fit: count,
    cooling: count,
  }),
  steps: z.object({ due: count, late_seconds: count }),
  offers: z.object({ running: count, due: count, late_seconds: count }),
  marks: z.object({ count, oldest_seconds: count }),
  /** Seconds since 1970; null before the first. */
  swept_at: count.nullable(),
  queue: z.array(
    z.object({
      kind: z.enum(['card', 'rollup', 'digest', 'notice', 'dm']),
      action: z.enum(['post', 'update', 'search', 'remove']),
      count,
    }),
  ),
  oldest: z.array(
    z.object({ kind: z.enum(['card', 'rollup', 'digest', 'notice', 'dm']), seconds: count }),
  ),
  gesture_waiting_seconds: count,
  dead: z.array(
    z.object({ kind: z.enum(['card', 'rollup', 'digest', 'notice', 'dm', 'home']), count }),
  ),
  webhooks: z.object({ waiting: count, oldest_seconds: count, set_aside: count }).nullable(),
  paused: z.object({ channels: count, everything: count }),
});

/** Reads what only the database knows. The result reports it. */
export async function readNumbers(database: Database): Promise<(meter: Meter) => void> {
  const read = await database.call('lead_bot_metrics', {}, numbers);
  return (meter) => {
    const { alerts, steps, offers, marks, paused } = read;
    // 0: the database has no limit of its own.
    const limitMs = read.limit_ms > 0 ? Math.min(read.limit_ms, CALL_TIMEOUT_MS) : CALL_TIMEOUT_MS;
    meter.set('database_call_limit_seconds', {}, limitMs / 1_000);
    meter.set('alerts', { state: 'open' }, alerts.open);
    meter.set('alerts', { state: 'claimed' }, alerts.claimed);
    meter.set('alerts', { state: 'contacted' }, alerts.contacted);
    meter.set('alerts', { state: 'snoozed' }, alerts.snoozed);
    meter.set('alerts', { state: 'not-a-fit' }, alerts.not_a_fit);
    meter.set('alerts', { state: 'cooling' }, alerts.cooling);
    meter.set('steps_due', {}, steps.due);
    meter.set('steps_late_seconds', {}, steps.late_seconds);
    meter.set('offers', { state: 'running' }, offers.running);
    meter.set('offers', { state: 'due' }, offers.due);
    meter.set('offers_late_seconds', {}, offers.late_seconds);
    meter.set('marks', {}, marks.count);
    meter.set('marks_oldest_seconds', {}, marks.oldest_seconds);
    if (read.swept_at !== null) meter.set('sweep_timestamp_seconds', {}, read.swept_at);
    for (const { kind, action, count: messages } of read.queue) {
      meter.set('queue_messages', { kind, action }, messages);
    }
    for (const { kind, seconds } of read.oldest) {
      meter.set('queue_oldest_seconds', { kind }, seconds);
    }
    meter.set('gesture_waiting_seconds', {}, read.gesture_waiting_seconds);
    for (const { kind, count: messages } of read.dead) {
      meter.set('messages_dead', { kind }, messages);
    }
    if (read.webhooks !== null) {
      meter.set('webhooks_waiting', {}, read.webhooks.waiting);
      meter.set('webhooks_oldest_seconds', {}, read.webhooks.oldest_seconds);
      meter.set('webhooks_set_aside', {}, read.webhooks.set_aside);
    }
    meter.set('channels_paused', { what: 'channels' }, paused.channels);
    meter.set('channels_paused', { what: 'everything' }, paused.everything);
  };
}
