create or replace function lead_bot.named_news(p_alert lead_bot.alerts, p_known jsonb)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_news jsonb := coalesce(lead_bot.news_between(p_alert.known, p_known, p_alert.status = 'contacted'), '[]');
  v_bearers uuid[];
  v_domains text[];
  v_signals jsonb;
  v_people jsonb;
  v_leads jsonb;
begin
  select array_agg(d.alert_id), array_agg(d.domain) into v_bearers, v_domains
    from lead_bot.domains_shown(array[p_alert.id], array[p_alert.account_key]) d;
  v_leads := (
    select jsonb_object_agg(l.developer_id, jsonb_build_object(
             'who', coalesce(n.name, e.address, 'A developer'), 'address', case when n.name is not null then e.address end,
             'score', l.score,
             'why', coalesce(
               nullif(btrim(left(l.lead ->> 'suggested_action', 400)), ''),
               case when g.percent <> 0
                    then 'API calls ' || case when g.percent > 0 then '+' else '−' end || abs(g.percent) || '% in 30 days' end
             )
           ))
      from lead_bot.leads_of(array(
             select (i.value ->> 'id')::uuid from jsonb_array_elements(v_news) i where i.value ->> 'kind' = 'champion'
           ), true) l
     cross join lateral (
       select case when lead_bot.normal_name(l.lead ->> 'champion_name') is not null then l.lead ->> 'champion_name' end as name
     ) n
     cross join lateral (select nullif(btrim(l.lead ->> 'email'), '') as address) e
     cross join lateral (
       select case when jsonb_typeof(p.value) = 'number' and p.value between '-1000000' and '1000000'
                   then round((p.value #>> '{}')::numeric) end as percent
         from (select l.lead -> 'api_call_growth_pct' as value) p
     ) g
  );
  if v_news @> '[{"kind": "signal"}]' then
    v_signals := (
      select jsonb_object_agg(s.value ->> 'id', s.value - 'id')
        from jsonb_array_elements(nullif(lead_bot.strong_signals(v_bearers, v_domains) -> p_alert.id::text, 'null')) s
    );
  end if;
  if v_news @> '[{"kind": "decision-maker"}]' then
    v_people := (
      select jsonb_object_agg(p.value ->> 'id', p.value - 'id')
        from jsonb_array_elements(nullif(lead_bot.decision_makers(v_bearers, v_domains) -> p_alert.id::text, 'null')) p
    );
  end if;
  return (
    select jsonb_agg(case when d.names is null then i.value else (i.value - 'id') || d.names end order by i.ordinality)
      from jsonb_array_elements(v_news) with ordinality i
     cross join lateral (
       select case i.value ->> 'kind'
                when 'champion' then v_leads when 'signal' then v_signals when 'decision-maker' then v_people
              end -> (i.value ->> 'id') as names
     ) d
     -- Who can't be named any more is gone.
     where d.names is not null or not i.value ? 'id'
  );
end;
$$;
comment on function lead_bot.named_news is
  'How an alert differs from what they know of it, with names, as NewsItem in src/core/steps.ts; null if it doesn''t. p_known: from lead_bot.known_of.';
revoke all on function lead_bot.named_news from public;
