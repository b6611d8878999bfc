create or replace function lead_bot.tell_cold(p_rearm_seconds int, p_limit int)
returns uuid[]
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_alert lead_bot.alerts;
  v_told uuid[] := '{}';
begin
  for v_alert in
    select * from lead_bot.alerts a
     where a.closed_at is null and a.cooling_since <= now() - make_interval(secs => p_rearm_seconds)
       and a.status = 'claimed' and a.told_cold_at is null and a.hold is null
     order by a.cooling_since, a.id
     limit p_limit
       for no key update
  loop
    update lead_bot.alerts a set told_cold_at = now() where a.id = v_alert.id;
    perform lead_bot.log_event(v_alert.id, 'cooled', null, null, v_alert.status, v_alert.status);
    perform lead_bot.want_reply(v_alert.id, 'cold', jsonb_build_object('owner', v_alert.owner));
    v_told := v_told || v_alert.id;
  end loop;
  return v_told;
end;
$$;
comment on function lead_bot.tell_cold is
  'Says of up to p_limit claimed alerts, once each, that they have been out of hot for the re-arm time; returns the ids. The alert stays its owner''s. The thread of its card says it to all, where there is only a row in a list, that row; as news, its owner is told in their hours. One on hold waits until it wakes.';
revoke all on function lead_bot.tell_cold from public;
