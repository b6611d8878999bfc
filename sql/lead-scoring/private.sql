-- Closes the leads to the project's public key, for reading and writing. Runs on lead tables that `db:apply`
-- creates, and with `db:apply -- --private`. Idempotent; locks nothing if there is nothing to do.
--
-- It closes only defaults that nobody chose: policies that let everyone read (`using (true)` as in schema.sql,
-- under any name), the view that reads with its owner's rights, and Supabase's default grants. A policy that
-- checks the caller, or that names `authenticated`, stays, and its role keeps the grants it needs. Policies for
-- writing stay too: a pipeline's own role may need them, and without a grant they give the public key nothing.
-- Rights that no policy can limit (truncate, triggers, references, sequences) are always revoked.
do $$
declare
  -- Some may be missing.
  v_tables constant regclass[] := array(
    select to_regclass('public.' || n.name)
      from unnest(array['developer_signups', 'internal_signals', 'company_enrichment',
                        'stakeholders', 'expansion_signals', 'lead_scores']) n (name)
     where to_regclass('public.' || n.name) is not null
  );
  v_policy record;
  v_role regrole;
  v_decided boolean;
  v_relation regclass;
  v_right text;
  v_taken text[];
begin
  for v_policy in
    select p.polrelid::regclass as relation, p.polname as name
      from pg_policy p
     where p.polrelid = any (v_tables) and p.polpermissive and p.polcmd = 'r'
       and p.polroles && array[0::oid, to_regrole('anon')::oid]
       and lead_bot.lets_everyone_in(pg_get_expr(p.polqual, p.polrelid), 'anon')
     order by 1, 2
  loop
    execute format('drop policy %I on %s', v_policy.name, v_policy.relation);
    raise info 'lead-alerts closed: dropped the policy "%" on %, which let everyone read', v_policy.name, v_policy.relation;
  end loop;

  if not exists (
    select from pg_class c, pg_options_to_table(c.reloptions) o
     where c.oid = 'public.lead_dashboard'::regclass
       and o.option_name = 'security_invoker' and o.option_value::boolean
  ) then
    alter view public.lead_dashboard set (security_invoker = on);
    raise info 'lead-alerts closed: set security_invoker on lead_dashboard, so it reads with the caller''s rights';
  end if;

  foreach v_role in array array_remove(array[to_regrole('anon'), to_regrole('authenticated')], null) loop
    v_decided := exists (
      select from pg_policy p
       where p.polrelid = any (v_tables) and p.polpermissive and p.polcmd in ('r', '*')
         and p.polroles && array[0::oid, v_role::oid]
         and pg_get_expr(p.polqual, p.polrelid) <> 'false'
         and (
           not lead_bot.lets_everyone_in(pg_get_expr(p.polqual, p.polrelid), 'anon')
           or (v_role = to_regrole('authenticated') and v_role::oid = any (p.polroles))
         )
    );
    if v_decided then
      raise info 'lead-alerts note: your policies decide what % can read, and were left alone', v_role;
    end if;
    for v_relation in
      select c.oid from pg_class c
       where c.oid = any (v_tables || 'public.lead_dashboard'::regclass)
         and not (v_decided and (c.relrowsecurity or c.relkind = 'v'))
         and has_any_column_privilege(v_role::oid, c.oid, 'select')
       order by c.relname
    loop
      execute format('revoke select on %s from public, %s', v_relation, v_role);
      raise info 'lead-alerts closed: revoked select on % from %', v_relation, v_role;
    end loop;

    for v_relation in
      select c.oid from pg_class c
       where c.oid = any (v_tables || 'public.lead_dashboard'::regclass)
       order by c.relname
    loop
      v_taken := '{}';
      foreach v_right in array array['insert', 'update', 'delete', 'truncate', 'references', 'trigger'] loop
        continue when not case
          when v_right in ('delete', 'truncate', 'trigger') then has_table_privilege(v_role::oid, v_relation, v_right)
          else has_any_column_privilege(v_role::oid, v_relation, v_right)
        end;
        v_decided := exists (
          select from pg_class c
            join pg_policy p on p.polrelid = c.oid and p.polpermissive
             and p.polcmd = any (array[(case v_right when 'insert' then 'a' when 'update' then 'w' else 'd' end)::"char", '*'])
            cross join lateral coalesce(
              pg_get_expr(case when v_right = 'insert' then coalesce(p.polwithcheck, p.polqual) else p.polqual end, p.polrelid),
              'true'
            ) e (condition)
           where c.oid = v_relation and c.relrowsecurity and v_right in ('insert', 'update', 'delete')
             and p.polroles && array[0::oid, v_role::oid]
             and e.condition <> 'false'
             and (
               not lead_bot.lets_everyone_in(e.condition, 'anon')
               or (v_role = to_regrole('authenticated') and v_role::oid = any (p.polroles))
             )
        );
        if v_decided then
          raise info 'lead-alerts note: your policies decide whether % can % in %, and were left alone', v_role, v_right, v_relation;
        else
          execute format('revoke %s on %s from public, %s', v_right, v_relation, v_role);
          v_taken := v_taken || v_right;
        end if;
      end loop;
      if v_taken <> '{}' then
        raise info 'lead-alerts closed: revoked % on % from %', array_to_string(v_taken, ', '), v_relation, v_role;
      end if;
    end loop;

    for v_relation in
      select distinct s.oid from pg_class s
        join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i')
       where d.refclassid = 'pg_class'::regclass and d.refobjid = any (v_tables)
         and case when s.relkind = 'S' then has_sequence_privilege(v_role::oid, s.oid, 'usage, select, update') end
         and not has_any_column_privilege(v_role::oid, d.refobjid, 'insert')
    loop
      execute format('revoke all on sequence %s from public, %s', v_relation, v_role);
      raise info 'lead-alerts closed: revoked all on sequence % from %', v_relation, v_role;
    end loop;
  end loop;
end;
$$;
