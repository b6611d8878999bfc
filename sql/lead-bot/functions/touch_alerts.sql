create or replace function lead_bot.touch_alerts(p_alert_ids uuid[], p_urgent boolean)
returns void
language sql volatile security definer set search_path = ''
as $$
  -- Locks are taken in one order everywhere, so that nothing can deadlock: first alerts, then, in one
  -- statement and in the order of ids, all messages that show them. A transaction calls this once, last.
  with shown as (
    select m.id
      from lead_bot.messages m
     where m.state not in ('gone', 'dead')
       and m.id in (
         select s.message_id from lead_bot.message_alerts s where s.alert_id = any (p_alert_ids)
       )
     order by m.id
       for no key update
  )
  update lead_bot.messages m
     set wanted_version = m.wanted_version + 1,
         urgent = m.urgent or p_urgent
    from shown
   where m.id = shown.id;
$$;
comment on function lead_bot.touch_alerts is
  'Has every message that shows one of these alerts drawn again; urgent when a person is waiting for it.';
revoke all on function lead_bot.touch_alerts from public;
