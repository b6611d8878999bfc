create or replace function lead_bot.reopen(p_alert lead_bot.alerts)
returns uuid[]
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_hot uuid[];
begin
  -- The clock and not now(): a digest may be made while this transaction waits, and counts from its moment.
  update lead_bot.alerts a
     set closed_at = clock_timestamp(), status = case a.status when 'contacted' then a.status else 'cooled' end
   where a.id = p_alert.id;
  v_hot := array(
    select m.developer_id from lead_bot.alert_leads m where m.alert_id = p_alert.id and m.active and m.left_at is null
  );
  update lead_bot.alert_leads m set active = false where m.alert_id = p_alert.id;
  perform lead_bot.give_up_unsent(p_alert.id, 'superseded before it could be posted');
  perform lead_bot.log_event(p_alert.id, 'cooled', null, null, p_alert.status,
                             case p_alert.status when 'contacted' then p_alert.status else 'cooled' end);
  return v_hot;
end;
$$;
comment on function lead_bot.reopen is
  'Closes an alert that was not a fit until now; returns those of its leads who are hot. They belong in a new alert, whose card says why the last one was closed.';
revoke all on function lead_bot.reopen from public;
