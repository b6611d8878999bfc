import { z } from 'zod';
import type { Database, DatabaseSettings } from './supabase-client.ts';

/** An object that an untrusted role can use. */
export interface ExposedObject {
  /** `anon` is anyone with the project's public key, `authenticated` anyone who has signed in. */
  role: 'anon' | 'authenticated';
  /** Schema-qualified. */
  name: string;
}

export interface Exposure {
  /** Tables and views that show leads. */
  relations: readonly ExposedObject[];
  /** Subset of `relations` that can be written to. */
  writable: readonly ExposedObject[];
  /** The bot's functions. */
  functions: readonly ExposedObject[];
  /** Other security definer functions that mention a lead table. */
  foreignFunctions: readonly ExposedObject[];
  /** The bot's functions that our key can call. */
  callable: readonly string[];
}

const exposedObject = z.object({ role: z.enum(['anon', 'authenticated']), name: z.string() });
const exposure = z
  .object({
    relations: z.array(exposedObject),
    // Older SQL doesn't return it.
    writable: z.array(exposedObject).default([]),
    functions: z.array(exposedObject),
    foreign_functions: z.array(exposedObject).default([]),
    callable: z.array(z.string()),
  })
  .transform(({ foreign_functions: foreignFunctions, ...rest }) => ({ ...rest, foreignFunctions }));

export const EXPOSURE_FUNCTION = 'lead_bot_exposed';

/** Reads the privileges in the catalog. @throws DatabaseError */
export const readExposure = (database: Database): Promise<Exposure> =>
  database.call(EXPOSURE_FUNCTION, {}, exposure);

/** The lead scoring schema's relations, each with a column that holds no personal data. */
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

/** Which LEAD_RELATIONS return a row to the publishable key. Those that fail count as not returning one. */
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
