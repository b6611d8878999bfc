create or replace function lead_bot.touch_alert(p_alert_id uuid, p_urgent boolean)
returns void
language sql volatile security definer set search_path = ''
as $$
  -- In the order of ids, so that two gestures on alerts that share a digest can't deadlock.
  with shown as (
    select m.id
      from lead_bot.messages m
      join lead_bot.message_alerts s on s.message_id = m.id
     where s.alert_id = p_alert_id and m.state not in ('gone', 'dead')
     order by m.id
       for update of m
  )
  update lead_bot.messages m
     set wanted_version = m.wanted_version + 1,
         urgent = m.urgent or p_urgent
    from shown
   where m.id = shown.id;
$$;
comment on function lead_bot.touch_alert is
  'Has every message that shows this alert drawn again; urgent when a person is waiting for it.';
revoke all on function lead_bot.touch_alert from public;
