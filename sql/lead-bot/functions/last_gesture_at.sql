create or replace function lead_bot.last_gesture_at(p_alert_id uuid)
returns timestamptz
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select v.at
      from lead_bot.alert_events v
     where v.alert_id = p_alert_id and v.actor is not null
     order by v.id desc
     limit 1
  );
end;
$$;
comment on function lead_bot.last_gesture_at is 'When someone last did something to an alert.';
revoke all on function lead_bot.last_gesture_at from public;
