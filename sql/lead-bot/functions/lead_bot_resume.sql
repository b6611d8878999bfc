create or replace function public.lead_bot_resume(p_channel text)
returns void
language sql volatile security definer set search_path = ''
as $$
  update lead_bot.channels c
     set paused_until = null, pauses = 0, pause_reason = null
   where c.channel = p_channel and c.pauses > 0;
$$;
comment on function public.lead_bot_resume is
  'Ends the pause of a channel, or with * the pause of everything: called when Slack has just accepted our token.';
revoke all on function public.lead_bot_resume from public, anon, authenticated;
grant execute on function public.lead_bot_resume to service_role, lead_bot;
