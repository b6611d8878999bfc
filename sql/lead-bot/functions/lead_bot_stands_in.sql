create or replace function public.lead_bot_stands_in(p_alert_id uuid, p_channels text[])
returns boolean
language sql stable security definer set search_path = ''
as $$
  select lead_bot.stands_in(p_alert_id, p_channels);
$$;
comment on function public.lead_bot_stands_in is
  'Whether users who are only in these channels may see and work on an alert: its card or roll-up belongs there.';
revoke all on function public.lead_bot_stands_in from public, anon, authenticated;
grant execute on function public.lead_bot_stands_in to service_role, lead_bot;
