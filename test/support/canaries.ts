import { randomUUID } from 'node:crypto';
import type { TestDatabase } from './supabase.ts';

/** Data that must stay in the database and in what AEs see. */
export const CANARIES = [
  'zoe.canary@leak.example',
  'typed.canary@leak.example',
  '+1 555 0142 777',
  'Zoë Kanarienvogel',
  'Canary Aviaries',
  'canary note of an AE',
  'postgresql://postgres:canarypw@db.leak.example:5432/postgres',
  'xoxb-canary-0123456789',
  'eyJhbGciOiJIUzI1NiJ9.canary.canary',
] as const;

/** All of them in one text, like careless data. */
export const ALL_CANARIES = CANARIES.join(' | ');

/** The lines of a text that contain a canary or one of these secrets. */
export function sightings(text: string, secrets: readonly string[] = []): string[] {
  const words = [...CANARIES, ...secrets, 'leak.example', 'canarypw', 'kanarienvogel'].map((word) =>
    word.toLowerCase(),
  );
  return text.split('\n').filter((line) => words.some((word) => line.toLowerCase().includes(word)));
}

/** Adds a company with canaries in every text, and one hot developer. Returns the developer's id. */
export async function addCanaries(
  { sql }: Pick<TestDatabase, 'sql'>,
  domain = 'leak.example',
): Promise<string> {
  const id = randomUUID();
  const address = domain === 'leak.example' ? CANARIES[0] : `zoe.canary@${domain}`;
  await sql(
    `insert into public.company_enrichment
       (domain, company_name, industry, employee_range, company_type, funding_stage, tech_stack, linkedin_url)
     values ($1, $2, $3, $3, $3, $3, jsonb_build_array($3::text), $3) on conflict do nothing`,
    [domain, `${CANARIES[4]} ${domain}`, ALL_CANARIES],
  );
  await sql(
    `insert into public.stakeholders
       (company_domain, full_name, title, department, seniority, linkedin_url, is_decision_maker)
     values ($1, $2, $3, $3, $3, $3, true)`,
    [domain, CANARIES[3], ALL_CANARIES],
  );
  await sql(
    `insert into public.expansion_signals (company_domain, signal_type, signal_title, signal_detail)
     values ($1, $2, $2, $2)`,
    [domain, ALL_CANARIES],
  );
  await sql(
    `insert into public.developer_signups (id, email, full_name, company_domain, signup_source)
     values ($1, $2, $3, $4, $5)`,
    [id, address, `${CANARIES[3]} ${CANARIES[2]}`, domain, ALL_CANARIES],
  );
  await sql(
    `insert into public.internal_signals (developer_id, billing_tier, api_calls_30d) values ($1, $2, 10)`,
    [id, ALL_CANARIES],
  );
  await sql(
    `insert into public.lead_scores
       (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action)
     values ($1, 90, 90, 90, 90, 90, $2)`,
    [id, ALL_CANARIES],
  );
  return id;
}

/** Raises an error that quotes canaries in its message, detail and hint. */
export const RAISES_CANARIES = `raise exception '${ALL_CANARIES.replaceAll("'", "''")}'
  using errcode = 'invalid_text_representation', detail = '${CANARIES[0]}', hint = '${CANARIES[2]}'`;

/** Makes a bot function fail and quote data, until the returned function is called. */
export async function failQuoting(
  { sql }: Pick<TestDatabase, 'sql'>,
  name: string,
): Promise<() => Promise<void>> {
  const [{ definition } = { definition: '' }] = await sql<{ definition: string }>(
    'select pg_get_functiondef(oid) as definition from pg_proc where proname = $1',
    [name],
  );
  const head = definition.slice(0, definition.search(/ LANGUAGE /));
  const quoting = `${head} language plpgsql security definer set search_path = '' as $f$
    begin ${RAISES_CANARIES}; end $f$`;
  await sql(quoting);
  return async () => {
    await sql(definition);
  };
}
