import { z } from 'zod';
import { OUTCOMES } from '../core/alert.ts';
import type { HomeRows } from '../core/home.ts';
import type { Homes } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';
import { alertPicture, count, instant, newsItems } from './supabase-rows.ts';

const alertList = z.object({ total: count, alerts: z.array(alertPicture) });
const seconds = z.number().nonnegative().nullable();

const homeAnswer = z
  .object({
    read_at: instant,
    pages: z.object({ mine: count, unclaimed: count }),
    mine: alertList,
    offers: alertList,
    unclaimed: alertList,
    moved: z.object({
      total: count,
      rows: z.array(z.object({ picture: alertPicture, news: newsItems })),
    }),
    done: alertPicture.nullable(),
    numbers: z
      .object({
        claimed: count,
        contacted: count,
        to_claim: seconds,
        to_contact: seconds,
        outcomes: z.partialRecord(z.enum(OUTCOMES), count).catch({}),
      })
      .transform(({ to_claim: toClaim, to_contact: toContact, ...rest }) => ({
        ...rest,
        toClaim,
        toContact,
      })),
  })
  .transform(({ read_at: readAt, ...rest }): HomeRows => ({ readAt, ...rest }));

export const supabaseHomes = (database: Database): Homes => ({
  async open(user, pages) {
    await database.call(
      'lead_bot_open_home',
      { p_user: user, p_pages: pages ?? null },
      z.unknown(),
    );
  },
  read: (user, pages, within) =>
    database.call(
      'lead_bot_home',
      { p_user: user, p_pages: pages, ...(within === undefined ? {} : { p_channels: within }) },
      homeAnswer,
    ),
});
