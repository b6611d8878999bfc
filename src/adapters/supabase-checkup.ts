import { z } from 'zod';
import type { AppendedColumns, Checkup } from '../core/checkup.ts';
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
    missing_indexes: z.array(z.string()),
    lacking: z.array(z.object({ relation: z.string(), columns: z.array(z.string()).nullable() })),
    strangers: z.array(z.object({ table: z.string(), owner: z.string() })),
    sweep: z.object({ seconds_ago: z.number(), ms: z.number() }).nullable(),
    slowest: z.object({ name: z.string(), ms: z.number() }).nullable(),
    limit_ms: z.number(),
    marks: z.object({ count: z.number(), oldest_seconds: z.number() }),
  })
  .transform(
    ({ missing_indexes, sweep, limit_ms, marks, ...same }): Checkup => ({
      ...same,
      missingIndexes: missing_indexes,
      sweep: sweep === null ? null : { secondsAgo: sweep.seconds_ago, ms: sweep.ms },
      limitMs: limit_ms === 0 ? null : limit_ms,
      marks: { count: marks.count, oldestSeconds: marks.oldest_seconds },
    }),
  );

const columns = z
  .object({
    found: z.array(z.enum(['alert_channel', 'owner_email', 'crm_url', 'card_fields'])),
    wrong: z
      .object({
        leads: z.number(),
        unreadable: z.number(),
        owner_email: z.number(),
        crm_url: z.number(),
        card_fields: z.number(),
      })
      .nullable(),
    channels: z.array(z.object({ channel: z.string(), refused: z.string().nullable() })),
    unfit: z.array(z.string()),
  })
  .transform(({ wrong, ...same }): AppendedColumns => {
    if (wrong === null) return { ...same, wrong };
    const { leads, unreadable, owner_email, crm_url, card_fields } = wrong;
    const counts = { ownerEmail: owner_email, crmUrl: crm_url, cardFields: card_fields };
    return { ...same, wrong: { leads, unreadable, ...counts } };
  });

export const readColumns = (database: Database): Promise<AppendedColumns> =>
  database.call('lead_bot_columns', {}, columns);

export function supabaseCheckups(database: Database): Checkups {
  return {
    read: () => database.call('lead_bot_checkup', {}, checkup),
    async noteSlowest({ name, ms }) {
      const args = { p_function: name, p_ms: Math.round(ms) };
      await database.call('lead_bot_note_call', args, z.unknown());
    },
  };
}
