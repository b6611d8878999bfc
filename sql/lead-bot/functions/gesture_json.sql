create or replace function lead_bot.gesture_json(p_alert_id uuid, p_why text)
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'ok', p_why is null,
    'why', p_why,
    'picture', lead_bot.alert_json(p_alert_id, false)
  );
$$;
comment on function lead_bot.gesture_json is 'The answer to a gesture: the alert as it is now and, if refused, why.';
revoke all on function lead_bot.gesture_json from public;
