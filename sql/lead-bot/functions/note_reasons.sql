create or replace function lead_bot.note_reasons(p_alert_ids uuid[])
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_ids uuid[];
  v_keys text[];
  v_openers uuid[];
  v_growth jsonb;
  v_bearers uuid[];
  v_domains text[];
  v_types jsonb;
begin
  select array_agg(a.id), array_agg(a.account_key), array_agg(m.developer_id)
    into v_ids, v_keys, v_openers
    from unnest(p_alert_ids) i (id)
   cross join lateral (select o.id, o.account_key from lead_bot.alerts o where o.id = i.id offset 0) a
    left join lateral (
      select x.developer_id from lead_bot.alert_leads x
       where x.alert_id = a.id
       order by x.score_at_entry desc nulls last, x.developer_id
       limit 1
    ) m on true;
  v_growth := lead_bot.growth_of(v_openers);
  select array_agg(d.alert_id), array_agg(d.domain) into v_bearers, v_domains
    from lead_bot.domains_shown(v_ids, v_keys) d;
  v_types := lead_bot.signal_types(v_bearers, v_domains);
  update lead_bot.alerts a
     set reasons = array_to_string(array(
           select jsonb_array_elements_text(coalesce(v_types -> a.id::text, '[]'))
            union
           select 'api growth' where g.percent >= 50
            order by 1
         ), ', ')
    from unnest(v_ids, v_openers) u (id, opener)
   cross join lateral (
     select case when jsonb_typeof(v_growth -> u.opener::text) = 'number'
                 then (v_growth ->> u.opener::text)::numeric end as percent
   ) g
   where a.id = u.id;
end;
$$;
comment on function lead_bot.note_reasons is
  'Notes what spoke for these alerts, just opened: types of signals, and whether API calls have grown by half.';
revoke all on function lead_bot.note_reasons from public;
