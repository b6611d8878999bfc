create or replace function public.lead_bot_card_channels()
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(c.channel order by c.used_at desc, c.channel), '[]')
    from lead_bot.recent_card_channels() c;
$$;
comment on function public.lead_bot_card_channels is
  'The channels named in alert_channel within 90 days, at most 50, newest first.';
revoke all on function public.lead_bot_card_channels from public, anon, authenticated;
grant execute on function public.lead_bot_card_channels to service_role, lead_bot;
