import { readSource } from './source-files.ts';
import type { TestDatabase } from './supabase.ts';

/** The lead tables and view of the given schema. */
export const LEAD_RELATIONS = [
  'company_enrichment',
  'developer_signups',
  'expansion_signals',
  'internal_signals',
  'lead_dashboard',
  'lead_scores',
  'stakeholders',
] as const;

/** Opens the leads as the given schema does: its policies and Supabase's default grants. */
export async function makeLeadsPublic(db: TestDatabase): Promise<void> {
  await makeLeadsPrivate(db);
  const schema = readSource('sql/lead-scoring/schema.sql');
  const policies = [...schema.matchAll(/^CREATE POLICY "public read" .*;$/gm)].map(([sql]) => sql);
  const relations = LEAD_RELATIONS.map((name) => `public.${name}`).join(', ');
  await db.sql(
    `set search_path = public;
     ${policies.join('\n')}
     alter view public.lead_dashboard reset (security_invoker);
     grant all on ${relations} to anon, authenticated;
     reset search_path`,
  );
}

/** Drops every policy and grant on the lead tables. */
export async function makeLeadsPrivate(db: TestDatabase): Promise<void> {
  await db.sql(`
    do $$
    declare
      v record;
    begin
      for v in select polname, polrelid::regclass as relation from pg_policy
                where polrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace) loop
        execute format('drop policy %I on %s', v.polname, v.relation);
      end loop;
      for v in select oid::regclass as relation from pg_class
                where relnamespace = 'public'::regnamespace and relkind = 'r' loop
        execute format('revoke all on %s from public, anon, authenticated', v.relation);
        execute format('alter table %s enable row level security', v.relation);
      end loop;
      revoke all on public.lead_dashboard from public, anon, authenticated;
      alter view public.lead_dashboard set (security_invoker = on);
    end;
    $$`);
}
