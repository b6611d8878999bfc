create or replace function lead_bot.refresh_changed()
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_seen_before xid8;
  v_horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_alert_id uuid;
begin
  select p.seen_before into v_seen_before from lead_bot.poll_state p for update;
  if not found then
    insert into lead_bot.poll_state (seen_before) values (v_horizon);
    return;
  end if;

  for v_alert_id in
    select distinct a.id
      from lead_bot.lead_snapshots s
      join lead_bot.alert_leads m on m.developer_id = s.developer_id
      join lead_bot.alerts a on a.id = m.alert_id
     where s.txid >= v_seen_before and s.txid < v_horizon
       and a.closed_at is null
       and s.taken_at > m.entered_at
     order by a.id
  loop
    perform lead_bot.touch_alert(v_alert_id, false);
  end loop;

  update lead_bot.poll_state p set seen_before = v_horizon where p.seen_before < v_horizon;
end;
$$;
comment on function lead_bot.refresh_changed is
  'Has the messages drawn again whose leads have got new figures since the last poll, and moves the mark.';
revoke all on function lead_bot.refresh_changed from public;
