import { z } from 'zod';
import type { Absence } from '../core/away.ts';
import type { Absences } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';
import { instant } from './supabase-rows.ts';

const absences: z.ZodType<Absence[]> = z.array(
  z.object({ person: z.string(), until: instant, cover: z.string().nullable() }),
);

export const supabaseAbsences = (database: Database): Absences => ({
  async set(user, until, cover) {
    await database.call(
      'lead_bot_set_away',
      { p_user: user, p_until: until.toISOString(), p_cover: cover },
      z.null(),
    );
  },
  among: (people) => database.call('lead_bot_who_is_away', { p_people: people }, absences),
});
