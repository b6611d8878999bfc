create or replace function public.lead_bot_changes(p_rearm_seconds int, p_limit int)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_seen_before xid8;
  v_first_run boolean;
  v_entered jsonb;
  v_moved boolean;
begin
  select p.seen_before into v_seen_before from lead_bot.poll_state p;
  v_first_run := not found;

  -- The ids of all hot score rows come from a partial index and are compared with the open alerts
  -- before the view is read, so a poll costs what has changed and not how many leads there are.
  with fresh as materialized (
    select distinct s.developer_id
      from public.lead_scores s
     where s.tier = 'hot'
       and not exists (
         select from lead_bot.alert_leads m
           join lead_bot.alerts a on a.id = m.alert_id
          where a.closed_at is null and m.developer_id = s.developer_id
       )
  ),
  entered as (
    select l.*, a.id as open_alert_id
      from fresh f
      join lead_bot.leads l on l.developer_id = f.developer_id
      left join lead_bot.alerts a on a.account_key = l.account_key and a.closed_at is null
     where l.tier = 'hot'
     order by l.total_score desc, l.developer_id
     limit p_limit
  )
  select coalesce(jsonb_agg(to_jsonb(e) order by e.total_score desc, e.developer_id), '[]')
    into v_entered
    from entered e;

  select exists (
    select from lead_bot.alerts a
      join lead_bot.alert_leads m on m.alert_id = a.id
     where a.closed_at is null and (m.left_at is null) <> lead_bot.is_hot(m.developer_id)
  ) or exists (
    select from lead_bot.alerts a
     where a.closed_at is null and a.cooling_since <= now() - make_interval(secs => p_rearm_seconds)
  ) or exists (
    select from lead_bot.lead_snapshots s
      join lead_bot.alert_leads m on m.developer_id = s.developer_id
      join lead_bot.alerts a on a.id = m.alert_id
     where s.txid >= v_seen_before
       and s.txid < pg_snapshot_xmin(pg_current_snapshot())
       and a.closed_at is null
  ) into v_moved;

  return jsonb_build_object('first_run', v_first_run, 'entered', v_entered, 'moved', v_moved);
end;
$$;
comment on function public.lead_bot_changes is
  'Reads what a poll has to decide on: hot leads that belong to no open alert (best first), and whether a lead of an open alert has left, come back or changed.';
revoke all on function public.lead_bot_changes from public, anon, authenticated;
grant execute on function public.lead_bot_changes to service_role, lead_bot;
