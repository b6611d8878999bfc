create or replace function lead_bot.gesture_json(p_alert_id uuid, p_why text)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  return jsonb_build_object(
    'ok', p_why is null,
    'why', p_why,
    -- Bots that don't name themselves draw Details from it.
    'picture', lead_bot.alert_json(p_alert_id, lead_bot.calling_bot() is not null)
  );
end;
$$;
comment on function lead_bot.gesture_json is
  'The answer to a gesture: the alert as it is now, in brief, and, if refused, why. Bots of the first versions get all of the alert.';
revoke all on function lead_bot.gesture_json from public;
