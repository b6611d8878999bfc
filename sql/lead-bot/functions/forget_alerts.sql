create or replace function lead_bot.forget_alerts(p_history_days int, p_limit int)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_ids uuid[] := array(
    select a.id
      from lead_bot.alerts a
     where a.scrubbed_at is not null
       and greatest(a.closed_at, a.contacted_at) < now() - make_interval(days => p_history_days)
       -- Slack has this long to show the scrubbed versions. What it hasn't shown by then is deleted there.
       and a.scrubbed_at < now() - interval '1 day'
     order by greatest(a.closed_at, a.contacted_at)
     limit p_limit
  );
begin
  if cardinality(v_ids) = 0 then
    return false;
  end if;
  perform from lead_bot.alerts a where a.id = any (v_ids) order by a.id for update;
  perform lead_bot.forget_messages(array(select m.id from lead_bot.messages m where m.alert_id = any (v_ids)));
  delete from lead_bot.alerts a where a.id = any (v_ids);
  return cardinality(v_ids) = p_limit;
end;
$$;
comment on function lead_bot.forget_alerts is
  'Deletes up to p_limit scrubbed alerts, with their messages, that were closed and contacted more than p_history_days ago, oldest first; true if there may be more. Their history is deleted later.';
revoke all on function lead_bot.forget_alerts from public;
