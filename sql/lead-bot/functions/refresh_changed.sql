create or replace function lead_bot.refresh_changed(p_after_event bigint)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_seen_before xid8;
  v_horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
begin
  -- Null in the first poll, and then no snapshot compares as new.
  select p.seen_before into v_seen_before from lead_bot.poll_state p for update;

  perform lead_bot.touch_alerts(array(
    select a.id
      from lead_bot.alerts a
     -- What this poll has opened is drawn for the first time anyway.
     where a.opened_at < now()
       and a.id in (
         select e.alert_id from lead_bot.alert_events e where e.id > p_after_event
         union
         select m.alert_id
           from lead_bot.lead_snapshots s
           join lead_bot.alert_leads m on m.developer_id = s.developer_id
           join lead_bot.alerts o on o.id = m.alert_id
          where s.txid >= v_seen_before and s.txid < v_horizon and o.closed_at is null
       )
  ), false);

  insert into lead_bot.poll_state as p (seen_before) values (v_horizon)
  on conflict (only_row) do update set seen_before = greatest(p.seen_before, excluded.seen_before);
end;
$$;
comment on function lead_bot.refresh_changed is
  'Has the messages drawn again whose alerts have a step after p_after_event in their history or leads with new figures since the last poll, and moves the mark.';
revoke all on function lead_bot.refresh_changed from public;
