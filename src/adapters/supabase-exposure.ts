import { z } from 'zod';
import type { Database, DatabaseSettings } from './supabase-client.ts';

/** What is open to a role that is not ours to trust. */
export interface Opening {
  /** `anon` is whoever has the project's public key, `authenticated` whoever has signed in. */
  role: 'anon' | 'authenticated';
  /** With its schema. */
  name: string;
}

export interface Exposure {
  /** Tables and views that show leads. */
  relations: readonly Opening[];
  /** Those of them through which rows can be added, changed or deleted. */
  writable: readonly Opening[];
  /** Functions of the bot. */
  functions: readonly Opening[];
  /** Others' functions that run with their owner's rights and name a lead table. */
  foreignFunctions: readonly Opening[];
  /** Functions of the bot that our own key may call. */
  callable: readonly string[];
}

const opening = z.object({ role: z.enum(['anon', 'authenticated']), name: z.string() });
const exposure = z
  .object({
    relations: z.array(opening),
    // The SQL of before does not tell.
    writable: z.array(opening).default([]),
    functions: z.array(opening),
    foreign_functions: z.array(opening).default([]),
    callable: z.array(z.string()),
  })
  .transform(({ foreign_functions: foreignFunctions, ...rest }) => ({ ...rest, foreignFunctions }));

/** What the catalog says is open. @throws DatabaseError when the database does not answer. */
export const readExposure = (database: Database): Promise<Exposure> =>
  database.call(TELLS, {}, exposure);

/** The function that tells all this. */
export const TELLS = 'lead_bot_exposed';

/** The given relations with leads, each with a column that says nothing about anyone. */
export const LEAD_RELATIONS: Readonly<Record<string, string>> = {
  'public.company_enrichment': 'id',
  'public.developer_signups': 'id',
  'public.expansion_signals': 'id',
  'public.internal_signals': 'id',
  'public.lead_dashboard': 'developer_id',
  'public.lead_scores': 'id',
  'public.stakeholders': 'id',
};

const TRY_TIMEOUT_MS = 10_000;

/** Which of them give a row to whoever has the publishable key. What does not answer gives none. */
export async function tryPublicKey({
  url,
  publishableKey,
}: DatabaseSettings): Promise<readonly string[]> {
  if (publishableKey === undefined) return [];
  const tries = Object.entries(LEAD_RELATIONS).map(async ([name, column]) => {
    const path = name.replace('public.', '');
    const answer = await fetch(`${url}/rest/v1/${path}?select=${column}&limit=1`, {
      headers: { apikey: publishableKey },
      signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
    });
    const rows = z.array(z.unknown()).safeParse(await answer.json());
    return rows.success && rows.data.length > 0 ? [name] : [];
  });
  return (await Promise.all(tries.map((one) => one.catch(() => [])))).flat();
}
