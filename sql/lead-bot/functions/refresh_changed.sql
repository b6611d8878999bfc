create or replace function lead_bot.refresh_changed(p_after_event bigint)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_seen_before xid8;
  v_hourly boolean;
  v_horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
begin
  -- Null in the first poll, and then no snapshot compares as new.
  -- A mark beyond this cluster's transactions came with a dump from another one.
  select least(p.seen_before, v_horizon), p.refreshed_at < now() - interval '1 hour'
    into v_seen_before, v_hourly
    from lead_bot.poll_state p
     for update;

  perform lead_bot.touch_alerts(array(
    select a.id
      from lead_bot.alerts a
     -- What this poll has opened is drawn for the first time anyway.
     where a.opened_at < now()
       -- Signals, people and enrichment come without a new score. Once an hour every open alert is drawn;
       -- what has not changed is not sent.
       and (coalesce(v_hourly, false) and a.closed_at is null or a.id in (
         select e.alert_id from lead_bot.alert_events e where e.id > p_after_event
         union
         select m.alert_id
           from lead_bot.lead_snapshots s
           join lead_bot.alert_leads m on m.developer_id = s.developer_id
           join lead_bot.alerts o on o.id = m.alert_id
          where s.txid >= v_seen_before and s.txid < v_horizon and o.closed_at is null
         union
         -- A card shows colleagues who are not hot, too. Looked up one by one: there are few new snapshots.
         select o.id
           from lead_bot.lead_snapshots s
           cross join lateral (
             select o.id
               from public.developer_signups d
               join lead_bot.alerts o on o.account_key = lower(d.company_domain) and o.closed_at is null
              where d.id = s.developer_id
             offset 0
           ) o
          where s.txid >= v_seen_before and s.txid < v_horizon
       ))
  ), false);

  insert into lead_bot.poll_state as p (seen_before, first_poll_at) values (v_horizon, clock_timestamp())
  on conflict (only_row) do update
    set seen_before = excluded.seen_before,
        refreshed_at = case when v_hourly then now() else p.refreshed_at end;
end;
$$;
comment on function lead_bot.refresh_changed is
  'Has the messages drawn again whose alerts have a step after p_after_event in their history, or whose leads or their colleagues have new figures since the last poll, once an hour all open ones, and moves the mark.';
revoke all on function lead_bot.refresh_changed from public;
