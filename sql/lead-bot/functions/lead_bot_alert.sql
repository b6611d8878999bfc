create or replace function public.lead_bot_alert(p_alert_id uuid)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform lead_bot.share_lead_tables();
  return lead_bot.alert_json(p_alert_id, false);
end;
$$;
comment on function public.lead_bot_alert is 'One alert with everything known about it; null if there is none.';
revoke all on function public.lead_bot_alert from public, anon, authenticated;
grant execute on function public.lead_bot_alert to service_role, lead_bot;
