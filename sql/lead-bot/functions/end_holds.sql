create or replace function lead_bot.end_holds(p_limit int)
returns uuid[]
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_alert lead_bot.alerts;
  v_ended uuid[] := '{}';
begin
  for v_alert in
    select * from lead_bot.alerts a
     where a.hold is not null and a.closed_at is null and a.hold_until <= now()
     order by a.hold_until, a.id
     limit p_limit
       for no key update
  loop
    if v_alert.hold = 'snoozed' then
      update lead_bot.alerts a set hold = null, waits_since = now() where a.id = v_alert.id;
      delete from lead_bot.undos u where u.alert_id = v_alert.id and u.kind = 'snoozed';
      -- The undo of a gesture made during the snooze would bring it back.
      update lead_bot.undos u
         set before = u.before || jsonb_build_object('hold', null, 'waits_since', now())
       where u.alert_id = v_alert.id;
      perform lead_bot.log_event(v_alert.id, 'woke', null, null, v_alert.status, v_alert.status);
      perform lead_bot.want_reply(v_alert.id, 'woke', case
        -- Its score has moved, at any hour: nobody is mentioned. Bots of older versions read no null.
        when abs(v_alert.score - v_alert.hold_score) >= 5 then '{"by": "", "owner": null}'
        else jsonb_build_object('by', v_alert.hold_by, 'owner', v_alert.owner)
      end);
    else
      -- Those who are hot enter again at the next poll.
      insert into lead_bot.lead_marks (developer_id, hot)
      select d.id, true from unnest(lead_bot.reopen(v_alert)) d (id);
    end if;
    v_ended := v_ended || v_alert.id;
  end loop;
  return v_ended;
end;
$$;
comment on function lead_bot.end_holds is
  'Wakes up to p_limit alerts whose snooze is over, and reopens those that were not a fit until now; returns their ids.';
revoke all on function lead_bot.end_holds from public;
