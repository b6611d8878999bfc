create or replace function lead_bot.alert_json(p_alert_id uuid, p_brief boolean, p_colleagues boolean default true)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select jsonb_build_object(
      'alert', to_jsonb(a) || jsonb_build_object(
        'hot_at_first_poll', not exists (select from lead_bot.poll_state s where s.first_poll_at < a.opened_at)
      ),
      'account', case when a.scrubbed_at is null
                      then lead_bot.account_json(a.account_key, a.id, p_brief, p_colleagues)
                      else lead_bot.scrubbed_account_json(a.account_key) end,
      'events', case when p_brief then '[]' else coalesce((
        select jsonb_agg(to_jsonb(e) order by e.id) from (
          select v.id, v.at, v.kind, v.actor,
                 left(coalesce(v.detail, case when a.scrubbed_at is null then (
                   select coalesce(left(d.full_name, 200), d.email) from public.developer_signups d where d.id = v.developer_id
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
         where p.account_key = a.account_key and p.closed_at <= a.opened_at
         order by p.opened_at desc
         limit 1
      ) end
    )
    from lead_bot.alerts a
    where a.id = p_alert_id
  );
end;
$$;
comment on function lead_bot.alert_json is
  'An alert with all that its card, modal or digest line shows, with or without colleagues who are not in it; null when there is no such alert.';
revoke all on function lead_bot.alert_json from public;
