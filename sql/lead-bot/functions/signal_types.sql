create or replace function lead_bot.signal_types(p_alert_ids uuid[], p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_object_agg(t.id, t.types), '{}')
      from (
        select s.id, jsonb_agg(s.type) as types
          from (
            select f.*, row_number() over (partition by f.id order by f.strength, f.type) as place
              from (
                select d.id, r.type, min(r.strength) as strength
                  from unnest(p_alert_ids, p_domains) d (id, domain)
                 -- A column that the owner has dropped or renamed resolves to `missing`, and so to null.
                 cross join (select null::text as signal_type, null::text as signal_strength) missing
                 cross join lateral (
                   select lower(btrim(replace(left(signal_type::text, 40), ',', ' '))) as type,
                          coalesce(array_position(array['high', 'medium', 'low'], left(signal_strength::text, 20)), 2)
                            as strength
                     from public.expansion_signals s
                    where s.company_domain = d.domain
                    limit 1000
                 ) r
                 where r.type <> '' and r.strength < 3
                 group by 1, 2
              ) f
          ) s
         where s.place <= 8
         group by 1
      ) t
  );
exception when others then
  -- Whatever the owner has done, polls go on without it.
  if lead_bot.concerns_all(sqlstate) then
    raise;
  end if;
  return '{}';
end;
$$;
comment on function lead_bot.signal_types is
  'By alert, up to eight types of signals of its domains: the strongest, without weak ones. Empty if they can''t be read.';
revoke all on function lead_bot.signal_types from public;
