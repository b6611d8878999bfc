create or replace function lead_bot.alert_json(p_alert_id uuid, p_brief boolean)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (select a.picture from lead_bot.alerts_json(array[p_alert_id], p_brief) a);
end;
$$;
comment on function lead_bot.alert_json is 'One alert from lead_bot.alerts_json; null if it doesn''t exist.';
revoke all on function lead_bot.alert_json from public;
