-- Supabase's own linter does not help here: it accepts `using (true)` for reading.
create or replace function public.lead_bot_exposed()
returns jsonb
language sql stable security definer set search_path = ''
as $$
  -- The lead tables, and every view that shows something of them.
  with recursive lead_relations (id) as (
    select c.oid
      from pg_catalog.pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and c.relname in ('developer_signups', 'internal_signals', 'company_enrichment', 'stakeholders',
                         'expansion_signals', 'lead_scores')
    union
    select r.ev_class
      from lead_relations l
      join pg_catalog.pg_depend d
        on d.refobjid = l.id and d.refclassid = 'pg_class'::regclass and d.classid = 'pg_rewrite'::regclass
      join pg_catalog.pg_rewrite r on r.oid = d.objid
  ),
  askers as (
    select r.oid as id, r.rolname::text as role, r.rolbypassrls as above_policies
      from pg_catalog.pg_roles r
     where r.rolname in ('anon', 'authenticated')
  ),
  granted as (
    select k.*, c.oid as relation, c.relkind, c.reloptions, c.relrowsecurity
      from askers k
      cross join lead_relations l
      join pg_catalog.pg_class c on c.oid = l.id
     where has_schema_privilege(k.id, c.relnamespace, 'usage')
       and has_any_column_privilege(k.id, c.oid, 'select')
  ),
  policies as (
    select g.role, g.relation, p.polpermissive as permits,
           lead_bot.lets_everyone_in(pg_get_expr(p.polqual, p.polrelid), g.role) as everyone
      from granted g
      join pg_catalog.pg_policy p on p.polrelid = g.relation and p.polcmd in ('r', '*')
     where exists (
       select from unnest(p.polroles) o (id) where case when o.id = 0 then true else pg_has_role(g.id, o.id, 'usage') end
     )
  ),
  open_relations as (
    select g.role, g.relation::regclass::text as name
      from granted g
     where case
       -- A view with security_invoker shows what its tables show, and they are looked at themselves.
       when g.relkind in ('v', 'm') then not exists (
         select from pg_catalog.pg_options_to_table(g.reloptions) o
          where o.option_name = 'security_invoker' and o.option_value::boolean
       )
       when g.above_policies or not g.relrowsecurity then true
       else coalesce((
         select bool_or(p.everyone) filter (where p.permits)
            and bool_and(p.everyone or p.permits)
           from policies p
          where p.role = g.role and p.relation = g.relation
       ), false)
     end
  ),
  open_functions as (
    select k.role, f.oid::regproc::text as name
      from askers k
      cross join pg_catalog.pg_proc f
     where f.pronamespace = 'public'::regnamespace and f.proname like 'lead\_bot\_%'
       and has_function_privilege(k.id, f.oid, 'execute')
  ),
  -- Within this function the current user is its owner; the role that asks is what was set.
  callable as (
    select distinct f.proname::text as name
      from pg_catalog.pg_proc f
     where f.pronamespace = 'public'::regnamespace and f.proname like 'lead\_bot\_%'
       and has_function_privilege(coalesce(nullif(current_setting('role'), 'none'), session_user), f.oid, 'execute')
  )
  select jsonb_build_object(
    'relations', coalesce((select jsonb_agg(r order by r.role, r.name) from open_relations r), '[]'),
    'functions', coalesce((select jsonb_agg(f order by f.role, f.name) from open_functions f), '[]'),
    'callable', coalesce((select jsonb_agg(c.name order by c.name) from callable c), '[]')
  );
$$;
comment on function public.lead_bot_exposed is
  'Which relations that show leads, and which functions of the bot, are open to anon, or to authenticated whoever that is. Names only. A view that reads with its owner''s rights is open where it is granted; a table, where it is granted and no policy looks at who asks. Also which functions of the bot the one who asks may call.';
revoke all on function public.lead_bot_exposed from public, anon, authenticated;
grant execute on function public.lead_bot_exposed to service_role, lead_bot;
