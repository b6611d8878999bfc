create or replace function lead_bot.forget_events(p_history_days int, p_limit int)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_alerts uuid[] := array(
    select p.alert_id from lead_bot.past_alerts p
     where p.over_at < now() - make_interval(days => p_history_days)
     order by p.over_at
     limit p_limit / 20
  );
  v_events bigint[];
begin
  if cardinality(v_alerts) = 0 then
    return false;
  end if;
  v_events := array(
    select e.id
      from unnest(v_alerts) a (id)
     cross join lateral (select v.id from lead_bot.alert_events v where v.alert_id = a.id order by v.id limit p_limit) e
     limit p_limit
  );
  delete from lead_bot.alert_events e where e.id = any (v_events);
  delete from lead_bot.past_alerts p
   where p.alert_id = any (v_alerts)
     and not exists (select from lead_bot.alert_events e where e.alert_id = p.alert_id);
  return cardinality(v_events) = p_limit or cardinality(v_alerts) = p_limit / 20;
end;
$$;
comment on function lead_bot.forget_events is
  'Deletes up to p_limit history lines of deleted alerts, once all lines of the alert are older than p_history_days; true if there may be more.';
revoke all on function lead_bot.forget_events from public;
