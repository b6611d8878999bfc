import { randomUUID } from 'node:crypto';
import type { ScoreComponents } from '../../src/core/lead.ts';
import type { TestDatabase } from './supabase.ts';

type Sql = Pick<TestDatabase, 'sql'>;

export interface LeadSpec {
  /** Default `acme.example`; null for a developer without a known company. */
  domain?: string | null;
  email?: string;
  name?: string | null;
  /** Name of the company, created with its first lead. */
  company?: string | null;
  /** Sets all five components to this total. Null: never scored. */
  score?: number | ScoreComponents | null;
}

/** Inserts a lead like the scoring pipeline: developer, company, usage, score. Returns its id. */
export async function addLead(db: Sql, spec: LeadSpec = {}): Promise<string> {
  const { sql } = db;
  const { domain = 'acme.example', company = 'Acme', score = 85, name = 'Ada Example' } = spec;
  const id = randomUUID();
  const email = spec.email ?? `${id.slice(0, 8)}@${domain ?? 'unknown.example'}`;
  if (domain) {
    await sql(
      `insert into public.company_enrichment (domain, company_name, employee_count)
       values ($1, $2, 120) on conflict do nothing`,
      [domain, company],
    );
  }
  await sql(
    `insert into public.developer_signups (id, email, full_name, company_domain)
     values ($1, $2, $3, $4)`,
    [id, email, name, domain],
  );
  await sql(
    `insert into public.internal_signals (developer_id, project_count, api_calls_30d, api_calls_prev_30d)
     values ($1, 2, 1000, 500)`,
    [id],
  );
  if (score !== null) await addScore(db, id, score);
  return id;
}

/** Inserts a score, beside any that the lead has. 80 and above is hot. */
export async function addScore(
  { sql }: Sql,
  id: string,
  score: number | ScoreComponents,
): Promise<void> {
  const { company, usage, expansion, champion, timing } = allFive(score);
  await sql(
    `insert into public.lead_scores
       (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score,
        suggested_action)
     values ($1, $2, $3, $4, $5, $6, 'Call them')`,
    [id, company, usage, expansion, champion, timing],
  );
}

/** Changes a lead's score. 80 and above is hot. */
export async function rescore(
  { sql }: Sql,
  id: string,
  score: number | ScoreComponents,
): Promise<void> {
  const { company, usage, expansion, champion, timing } = allFive(score);
  await sql(
    `update public.lead_scores
        set company_score = $2, usage_score = $3, expansion_score = $4, champion_score = $5,
            timing_score = $6, scored_at = clock_timestamp()
      where developer_id = $1`,
    [id, company, usage, expansion, champion, timing],
  );
}

function allFive(score: number | ScoreComponents): ScoreComponents {
  if (typeof score !== 'number') return score;
  return { company: score, usage: score, expansion: score, champion: score, timing: score };
}

/** Id of the account's newest alert. */
export async function alertOf({ sql }: Sql, accountKey: string): Promise<string> {
  const [alert] = await sql<{ id: string }>(
    'select id from lead_bot.alerts where account_key = $1 order by opened_at desc limit 1',
    [accountKey],
  );
  if (alert === undefined) throw new Error(`${accountKey} has no alert`);
  return alert.id;
}
