create or replace function lead_bot.known_of(p_alert_ids uuid[])
returns table (alert_id uuid, known jsonb)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_ids uuid[];
  v_keys text[];
  v_followed uuid[];
  v_growth jsonb;
  v_bearers uuid[];
  v_domains text[];
  v_signals jsonb;
  v_people jsonb;
begin
  -- Growth is that of one developer: the one they know it of, while hot, else the best lead.
  select array_agg(a.id), array_agg(a.account_key), array_agg(m.developer_id)
    into v_ids, v_keys, v_followed
    from unnest(p_alert_ids) i (id)
   cross join lateral (select o.id, o.account_key, o.known from lead_bot.alerts o where o.id = i.id offset 0) a
    left join lateral (
      select x.developer_id from lead_bot.alert_leads x
       where x.alert_id = a.id
       order by x.left_at is null desc, x.developer_id::text is not distinct from a.known #>> '{growth,of}' desc,
                x.score desc nulls last, x.developer_id
       limit 1
    ) m on true;
  v_growth := lead_bot.growth_of(v_followed);
  select array_agg(d.alert_id), array_agg(d.domain) into v_bearers, v_domains
    from lead_bot.domains_shown(v_ids, v_keys) d;
  v_signals := lead_bot.strong_signals(v_bearers, v_domains);
  v_people := lead_bot.decision_makers(v_bearers, v_domains);
  return query
    select a.id,
           coalesce(jsonb_strip_nulls(a.known), '{}') || jsonb_strip_nulls(jsonb_build_object(
             -- A score near the threshold comes and goes.
             'hot', a.cooling_since is null or a.cooling_since > now() - interval '1 hour',
             'score', a.score,
             'growth', case
               when jsonb_typeof(g.percent) = 'number' and g.percent between '-1000000000' and '1000000000'
               then jsonb_build_object('of', u.followed, 'percent', round((g.percent #>> '{}')::numeric, 1))
             end,
             -- Of a company where so many are hot, another one is no news.
             'leads', case when cardinality(h.ids) <= 100 then to_jsonb(h.ids) end,
             'signals', lead_bot.with_known(v_signals -> a.id::text, a.known -> 'signals'),
             'people', lead_bot.with_known(v_people -> a.id::text, a.known -> 'people')
           ))
      from unnest(v_ids, v_followed) u (id, followed)
     cross join lateral (
       select o.id, o.cooling_since, o.score, o.known from lead_bot.alerts o where o.id = u.id offset 0
     ) a
     cross join lateral (select v_growth -> u.followed::text as percent) g
     cross join lateral (
       select array(
         -- Who was hot before and returns is no news either.
         select x.developer_id from lead_bot.alert_leads x
          where x.alert_id = a.id and (x.left_at is null or coalesce(a.known -> 'leads' ? x.developer_id::text, true))
          order by x.left_at is null desc, x.score desc nulls last, x.developer_id
          limit 101
       ) as ids
       offset 0
     ) h;
end;
$$;
comment on function lead_bot.known_of is
  'What whoever works on these alerts knows once they have seen them as they are now, as ids and hashes. What can''t be read stays as it was known.';
revoke all on function lead_bot.known_of from public;
