import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../support/supabase.ts';

/**
 * The warnings of Supabase's linter (Splinter) as catalog queries for our objects. Its hint (level INFO) "RLS
 * enabled, no policy" applies to all our tables on purpose: nobody may read them.
 */

const db = await testDatabase();

/** The bot's objects, and what we add to the lead tables. */
const FUNCTIONS = `(n.nspname = 'lead_bot' or n.nspname = 'public' and p.proname like 'lead\\_bot\\_%')`;
const TABLES = `n.nspname = 'lead_bot'`;
const RELATION = 'pg_class c join pg_namespace n on n.oid = c.relnamespace';
const FUNCTION = 'pg_proc p join pg_namespace n on n.oid = p.pronamespace';

const LINTS: Readonly<Record<string, string>> = {
  unindexed_foreign_keys: `
    select conname from pg_constraint k join ${RELATION} on c.oid = k.conrelid
     where k.contype = 'f' and ${TABLES} and not exists (
       select from pg_index i
        where i.indrelid = c.oid and i.indisvalid
          and (string_to_array(i.indkey::text, ' ')::smallint[])[1:cardinality(k.conkey)] = k.conkey)`,
  auth_users_exposed: `
    select c.relname from ${RELATION} join pg_rewrite r on r.ev_class = c.oid
      join pg_depend d on d.objid = r.oid and d.refobjid = to_regclass('auth.users')
     where ${TABLES}`,
  no_primary_key: `
    select c.relname from ${RELATION}
     where c.relkind = 'r' and ${TABLES}
       and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
  multiple_permissive_policies: `
    select c.relname from ${RELATION} join pg_policy p on p.polrelid = c.oid
     where p.polpermissive and ${TABLES} group by c.relname, p.polcmd having count(*) > 1`,
  policy_exists_rls_disabled: `
    select c.relname from ${RELATION} join pg_policy p on p.polrelid = c.oid
     where not c.relrowsecurity and ${TABLES}`,
  duplicate_index: `
    select string_agg(i.indexname, ', ') from pg_indexes i
     where i.schemaname in ('lead_bot', 'public')
     group by i.schemaname, i.tablename, replace(i.indexdef, i.indexname, '') having count(*) > 1`,
  security_definer_view: `
    select c.relname from ${RELATION}
     where c.relkind = 'v' and (${TABLES} or n.nspname = 'public' and c.relname like 'lead\\_bot%')
       and (has_table_privilege('anon', c.oid, 'select') or has_table_privilege('authenticated', c.oid, 'select'))`,
  function_search_path_mutable: `
    select p.proname from ${FUNCTION}
     where ${FUNCTIONS} and not exists (select from unnest(p.proconfig) s where s like 'search_path=%')`,
  rls_disabled: `
    select c.relname from ${RELATION} where c.relkind in ('r', 'p') and not c.relrowsecurity and ${TABLES}`,
  extension_in_public: `
    select extname from pg_extension where extnamespace = 'public'::regnamespace`,
  unsupported_reg_types: `
    select c.relname || '.' || a.attname from ${RELATION} join pg_attribute a on a.attrelid = c.oid
     where ${TABLES} and a.attnum > 0
       and a.atttypid in ('regcollation'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype, 'regnamespace'::regtype,
                          'regoper'::regtype, 'regoperator'::regtype, 'regproc'::regtype, 'regprocedure'::regtype)`,
  materialized_view_or_foreign_table_in_api: `
    select c.relname from ${RELATION} where c.relkind in ('m', 'f') and (${TABLES} or c.relname like 'lead\\_bot%')`,
  rls_policy_always_true: `
    select c.relname from ${RELATION} join pg_policy p on p.polrelid = c.oid
     where ${TABLES} and pg_get_expr(p.polqual, p.polrelid) = 'true'`,
  security_definer_function_executable: `
    select p.proname from ${FUNCTION}
     where p.prosecdef and ${FUNCTIONS}
       and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute'))`,
};

test.each(Object.keys(LINTS))("Supabase's linter raises no %s on our objects", async (name) => {
  expect(await db.sql(LINTS[name] ?? '')).toEqual([]);
});

test.each([
  [
    'function_search_path_mutable',
    `create function lead_bot.careless() returns int language sql as 'select 1'`,
    'drop function lead_bot.careless()',
  ],
  [
    'unindexed_foreign_keys',
    'create table lead_bot.careless (alert_id uuid references lead_bot.alerts)',
    'drop table lead_bot.careless',
  ],
  [
    'duplicate_index',
    'create index careless on public.lead_scores (developer_id) where tier = $$hot$$',
    'drop index public.careless',
  ],
  [
    'security_definer_function_executable',
    `create function public.lead_bot_careless() returns int language sql security definer as 'select 1'`,
    'drop function public.lead_bot_careless()',
  ],
])('detects a planted %s', async (name, spoil, mend) => {
  await db.sql(spoil);
  onTestFinished(async () => {
    await db.sql(mend);
  });
  expect(await db.sql(LINTS[name] ?? '')).toHaveLength(1);
});
