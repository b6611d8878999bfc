import { z } from 'zod';
import type { Checkup } from '../core/checkup.ts';
import type { Checkups } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';

const checkup = z
  .object({
    unreadable: z.object({ code: z.string(), message: z.string().nullable() }).nullable(),
    owner: z.string(),
    swapped: z.array(z.object({ table: z.string(), reads: z.string() })),
    scores: z.enum(['table', 'other', 'missing']),
    triggers: z.array(
      z.object({ name: z.string(), state: z.enum(['enabled', 'disabled', 'missing']) }),
    ),
    hot_index: z.boolean(),
    sweep: z.object({ seconds_ago: z.number(), ms: z.number() }).nullable(),
    slowest: z.object({ name: z.string(), ms: z.number() }).nullable(),
    limit_ms: z.number(),
    marks: z.object({ count: z.number(), oldest_seconds: z.number() }),
  })
  .transform(
    ({ hot_index, sweep, limit_ms, marks, ...same }): Checkup => ({
      ...same,
      hotIndex: hot_index,
      sweep: sweep === null ? null : { secondsAgo: sweep.seconds_ago, ms: sweep.ms },
      limitMs: limit_ms === 0 ? null : limit_ms,
      marks: { count: marks.count, oldestSeconds: marks.oldest_seconds },
    }),
  );

export function supabaseCheckups(database: Database): Checkups {
  return {
    read: () => database.call('lead_bot_checkup', {}, checkup),
    async noteSlowest({ name, ms }) {
      const args = { p_function: name, p_ms: Math.round(ms) };
      await database.call('lead_bot_note_call', args, z.unknown());
    },
  };
}
