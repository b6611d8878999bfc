create or replace function lead_bot.alerts_json(p_alert_ids uuid[], p_brief boolean, p_colleagues boolean default true)
returns table (alert_id uuid, picture jsonb)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_ids uuid[];
  v_keys text[];
begin
  if p_alert_ids = '{}' then
    return;
  end if;
  select array_agg(a.id), array_agg(a.account_key)
    into v_ids, v_keys
    from (select distinct u.id from unnest(p_alert_ids) u (id)) i
    join lead_bot.alerts a on a.id = i.id
   where a.scrubbed_at is null;
  return query
    select a.id, jsonb_build_object(
      'alert', to_jsonb(a) || jsonb_build_object(
        'hot_at_first_poll', not exists (select from lead_bot.poll_state s where s.first_poll_at < a.opened_at),
        'continues_at', case when a.merged_into is not null then lead_bot.card_address(a.merged_into) end
      ),
      'account', coalesce(c.account, lead_bot.scrubbed_account_json(a.account_key)),
      'events', case when p_brief then '[]' else coalesce((
        select jsonb_agg(to_jsonb(e) order by e.id) from (
          select v.id, v.at, v.kind, v.actor,
                 left(coalesce(v.detail, case when a.scrubbed_at is null then (
                   select lead_bot.person_name(v.developer_id) where v.developer_id is not null
                 ) end), 500) as detail
            from lead_bot.alert_events v
           where v.alert_id = a.id and v.kind <> 'erased'
           order by v.id desc
           limit 50
        ) e
      ), '[]') end,
      'past', case when not p_brief then (
        select jsonb_build_object(
          'opened_at', p.opened_at, 'closed_at', p.closed_at, 'status', p.status,
          'owner', p.owner, 'contacted_at', p.contacted_at
        )
          from lead_bot.alerts p
         where p.account_key = a.account_key and p.closed_at <= a.opened_at and p.merged_into is null
         order by p.opened_at desc
         limit 1
      ) end
    )
      from (select distinct u.id from unnest(p_alert_ids) u (id)) i
      join lead_bot.alerts a on a.id = i.id
      left join lead_bot.accounts_json(v_keys, v_ids, p_brief, p_colleagues) c on v_ids[c.place] = a.id;
end;
$$;
comment on function lead_bot.alerts_json is
  'Alerts with everything their cards, modals and digest lines show, with or without colleagues outside the alert. No row for an alert that doesn''t exist.';
revoke all on function lead_bot.alerts_json from public;
