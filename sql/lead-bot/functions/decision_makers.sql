create or replace function lead_bot.decision_makers(p_alert_ids uuid[], p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_object_agg(a.id, a.people), '{}')
      from (
        select t.id, jsonb_agg(
                 jsonb_build_object(
                   'id', left(md5(t.who || e'\n' || coalesce(t.title, '')), 16), 'who', t.who, 'title', t.title
                 )
                 order by t.who, t.title
               ) as people
          from (
            select distinct d.id, r.who, r.title
              from unnest(p_alert_ids, p_domains) d (id, domain)
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
          ) t
         group by 1
      ) a
  );
exception when others then
  -- Whatever the owner has done, polls go on without it.
  if lead_bot.concerns_all(sqlstate) then
    raise;
  end if;
  if p_alert_ids[1] = all (p_alert_ids) then
    return jsonb_build_object(p_alert_ids[1], null);
  end if;
  -- Read each by itself, so that only the broken one is missed.
  return (
    select jsonb_object_agg(o.key, o.value)
      from (
        select array_agg(d.id) as ids, array_agg(d.domain) as domains
          from unnest(p_alert_ids, p_domains) d (id, domain)
         group by d.id
      ) a
     cross join lateral jsonb_each(lead_bot.decision_makers(a.ids, a.domains)) o
  );
end;
$$;
comment on function lead_bot.decision_makers is
  'By alert, names and titles of up to 1,000 decision makers of each of its domains, with a hash as their id. Null where they can''t be read.';
revoke all on function lead_bot.decision_makers from public;
