create or replace function lead_bot.close_forgotten(p_days int, p_limit int)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_alert lead_bot.alerts;
  v_closed uuid[] := '{}';
begin
  for v_alert in
    select * from lead_bot.alerts a
     where a.closed_at is null and a.status = 'claimed' and a.cooling_since < now() - make_interval(days => p_days)
     order by a.cooling_since
     limit p_limit
       for no key update skip locked
  loop
    update lead_bot.alerts a set closed_at = clock_timestamp(), status = 'cooled' where a.id = v_alert.id;
    update lead_bot.alert_leads m set active = false where m.alert_id = v_alert.id;
    perform lead_bot.log_event(v_alert.id, 'cooled', null, null, 'claimed', 'cooled');
    v_closed := v_closed || v_alert.id;
  end loop;
  perform lead_bot.touch_alerts(v_closed, false) where v_closed <> '{}';
  return cardinality(v_closed) = p_limit;
end;
$$;
comment on function lead_bot.close_forgotten is
  'Closes up to p_limit claimed alerts that haven''t been hot for p_days, which nobody else would: a cooled claim stays its owner''s. True if there may be more.';
revoke all on function lead_bot.close_forgotten from public;
