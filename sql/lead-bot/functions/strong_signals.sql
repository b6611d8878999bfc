create or replace function lead_bot.strong_signals(p_alert_ids uuid[], p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_object_agg(a.id, a.signals), '{}')
      from (
        select s.id, jsonb_agg(
                 jsonb_build_object('id', left(md5(s.title), 16), 'title', s.title)
                 order by s.signal_date desc nulls last, s.title
               ) as signals
          from (
            select d.id, r.title, max(r.signal_date) as signal_date
              from unnest(p_alert_ids, p_domains) d (id, domain)
             -- A column that the owner has dropped or renamed resolves to `missing`, and so to null.
             cross join (
               select null::text as signal_type, null::text as signal_title, null::date as signal_date,
                      null::text as signal_strength
             ) missing
             cross join lateral (
               select coalesce(nullif(btrim(left(signal_title::text, 400)), ''), left(signal_type::text, 100)) as title,
                      substring(signal_date::text from '^\d{4}-\d\d-\d\d') as signal_date
                 from public.expansion_signals s
                where s.company_domain = d.domain and left(signal_strength::text, 20) = 'high'
                limit 1000
             ) r
             where r.title <> ''
             group by 1, 2
          ) s
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
     cross join lateral jsonb_each(lead_bot.strong_signals(a.ids, a.domains)) o
  );
end;
$$;
comment on function lead_bot.strong_signals is
  'By alert, the titles of up to 1,000 strong signals of each of its domains, newest first, with a hash as their id. Null where they can''t be read.';
revoke all on function lead_bot.strong_signals from public;
