import { z } from 'zod';
import type { Offers } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';
import { instant } from './supabase-rows.ts';

const dueAnswer = z
  .object({
    now: instant,
    offers: z.array(
      z
        .object({
          alert_id: z.string(),
          owner_email: z.string().max(321).nullable().catch(null),
          had: z.array(z.string()),
        })
        .transform((row) => ({
          alertId: row.alert_id,
          ownerEmail: row.owner_email,
          had: row.had,
        })),
    ),
  })
  .transform(({ now, offers: alerts }) => ({ now, alerts }));

export function supabaseOffers(database: Database): Offers {
  return {
    due: (limit) => database.call('lead_bot_offers_due', { p_limit: limit }, dueAnswer),
    make: (alertId, holder, source, until, insteadOf) =>
      database.call(
        'lead_bot_offer',
        {
          p_alert_id: alertId,
          p_holder: holder,
          p_source: source,
          p_until: until.toISOString(),
          ...(insteadOf === undefined ? {} : { p_instead_of: insteadOf }),
        },
        z.boolean(),
      ),
    async defer(alertId, until) {
      await database.call(
        'lead_bot_defer_offer',
        { p_alert_id: alertId, p_due_at: until?.toISOString() ?? null },
        z.unknown(),
      );
    },
    nextInRotation: (people) =>
      database.call('lead_bot_next_in_rotation', { p_people: people }, z.string().nullable()),
  };
}
