create or replace function lead_bot.decision_makers(p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(
             jsonb_build_object('id', left(md5(t.who || e'\n' || coalesce(t.title, '')), 16), 'who', t.who, 'title', t.title)
             order by t.who, t.title
           ), '[]')
      from (
        select distinct r.who, r.title
          from unnest(p_domains) d (domain)
         -- A column that the owner has dropped or renamed resolves to `missing`, and so to null.
         cross join (
           select null::text as full_name, null::text as title, null::boolean as is_decision_maker
         ) missing
         cross join lateral (
           select btrim(left(full_name::text, 400)) as who, nullif(btrim(left(title::text, 400)), '') as title
             from public.stakeholders s
            where s.company_domain = d.domain
              and lower(left(is_decision_maker::text, 20)) in ('true', 't', 'yes', '1')
            limit 1000
         ) r
         where r.who <> ''
         limit 1000
      ) t
  );
exception when others then
  if sqlstate in ('42P01', '42703', '42883', '42804') or lead_bot.concerns_row(sqlstate) then
    return null;
  end if;
  raise;
end;
$$;
comment on function lead_bot.decision_makers is
  'Names and titles of up to 1,000 decision makers of a company, each with a hash as its id. Null if they can''t be read.';
revoke all on function lead_bot.decision_makers from public;
