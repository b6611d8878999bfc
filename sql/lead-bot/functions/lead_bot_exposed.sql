-- Supabase's own linter doesn't help: it accepts `using (true)` for reading.
create or replace function public.lead_bot_exposed()
returns jsonb
language sql stable security definer set search_path = ''
as $$
  -- The lead tables, and every view that shows anything of them.
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
  -- Whether rows can be written through a view: pg_relation_is_updatable returns bits.
  acts (act, letter, bit) as (
    values ('select', 'r'::"char", 0), ('insert', 'a', 8), ('update', 'w', 4), ('delete', 'd', 16)
  ),
  granted as (
    select k.*, x.act, c.oid as relation, c.relkind, c.reloptions, c.relrowsecurity, x.letter
      from askers k
      cross join lead_relations l
      join pg_catalog.pg_class c on c.oid = l.id
      cross join acts x
     where has_schema_privilege(k.id, c.relnamespace, 'usage')
       and case
         when x.act = 'delete' then has_table_privilege(k.id, c.oid, 'delete')
         else has_any_column_privilege(k.id, c.oid, x.act)
       end
       and (x.act = 'select' or c.relkind in ('r', 'p') or pg_relation_is_updatable(c.oid, true) & x.bit <> 0)
  ),
  policies as (
    select g.role, g.relation, g.act, p.polpermissive as permits,
           case
             when g.act = 'insert' then lead_bot.lets_everyone_in(
               pg_get_expr(coalesce(p.polwithcheck, p.polqual), p.polrelid), g.role
             )
             when g.act = 'update' and p.polwithcheck is not null then
               lead_bot.lets_everyone_in(pg_get_expr(p.polqual, p.polrelid), g.role)
               and lead_bot.lets_everyone_in(pg_get_expr(p.polwithcheck, p.polrelid), g.role)
             else lead_bot.lets_everyone_in(pg_get_expr(p.polqual, p.polrelid), g.role)
           end as everyone
      from granted g
      join pg_catalog.pg_policy p on p.polrelid = g.relation and p.polcmd in (g.letter, '*')
     where exists (
       select from unnest(p.polroles) o (id) where case when o.id = 0 then true else pg_has_role(g.id, o.id, 'usage') end
     )
  ),
  open_relations as (
    select g.role, g.act, g.relation::regclass::text as name
      from granted g
     where case
       -- A view with security_invoker shows only what its tables show, and those are checked themselves.
       when g.relkind in ('v', 'm') then not exists (
         select from pg_catalog.pg_options_to_table(g.reloptions) o
          where o.option_name = 'security_invoker' and o.option_value::boolean
       )
       when g.above_policies or not g.relrowsecurity then true
       else coalesce((
         select bool_or(p.everyone) filter (where p.permits)
            and bool_and(p.everyone or p.permits)
           from policies p
          where p.role = g.role and p.relation = g.relation and p.act = g.act
       ), false)
     end
  ),
  readable as (
    select o.role, o.name from open_relations o where o.act = 'select'
  ),
  writable as (
    select distinct o.role, o.name from open_relations o where o.act <> 'select'
  ),
  open_functions as (
    select k.role, f.oid::regproc::text as name
      from askers k
      cross join pg_catalog.pg_proc f
     where f.pronamespace = 'public'::regnamespace and f.proname like 'lead\_bot\_%'
       and has_function_privilege(k.id, f.oid, 'execute')
  ),
  -- Other people's functions that run with their owner's rights and name a lead table.
  foreign_functions as (
    select k.role, f.oid::regproc::text as name
      from askers k
      cross join pg_catalog.pg_proc f
     where f.pronamespace = 'public'::regnamespace and f.proname not like 'lead\_bot\_%' and f.prosecdef
       and f.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
       and has_function_privilege(k.id, f.oid, 'execute')
       and coalesce(pg_get_function_sqlbody(f.oid), f.prosrc)
         ~* '\m(developer_signups|internal_signals|company_enrichment|stakeholders|expansion_signals|lead_scores|lead_dashboard)\M'
  ),
  -- In here the current user is the function's owner; the calling role is in the setting.
  callable as (
    select distinct f.proname::text as name
      from pg_catalog.pg_proc f
     where f.pronamespace = 'public'::regnamespace and f.proname like 'lead\_bot\_%'
       and has_function_privilege(coalesce(nullif(current_setting('role'), 'none'), session_user), f.oid, 'execute')
  )
  select jsonb_build_object(
    'relations', coalesce((select jsonb_agg(r order by r.role, r.name) from readable r), '[]'),
    'writable', coalesce((select jsonb_agg(w order by w.role, w.name) from writable w), '[]'),
    'foreign_functions', coalesce((select jsonb_agg(f order by f.role, f.name) from foreign_functions f), '[]'),
    'functions', coalesce((select jsonb_agg(f order by f.role, f.name) from open_functions f), '[]'),
    'callable', coalesce((select jsonb_agg(c.name order by c.name) from callable c), '[]')
  );
$$;
comment on function public.lead_bot_exposed is
  'Which relations showing leads can be read (relations) or written (writable), and which of the bot''s functions called, by anon or by any authenticated user. Names only. A view with its owner''s rights is open if granted; a table, if granted and no policy checks the caller. Also which foreign functions touch lead tables with their owner''s rights, and which of the bot''s functions the caller may call.';
revoke all on function public.lead_bot_exposed from public, anon, authenticated;
grant execute on function public.lead_bot_exposed to service_role, lead_bot;
