create or replace function public.lead_bot_resume(p_channel text)
returns void
language sql volatile security definer set search_path = ''
as $$
  -- A bot that starts may be one that can draw what the last one could not.
  update lead_bot.messages m
     set state = 'pending', attempts = 0, next_try_at = now()
   where p_channel = '*' and m.state = 'dead' and m.attempted_at is null
     and m.last_error ~ '^(cannot be drawn|does not parse)'
     and m.created_at > now() - interval '7 days';
  update lead_bot.channels c
     set paused_until = null, pauses = 0, pause_reason = null
   where c.channel = p_channel and c.pauses > 0;
$$;
comment on function public.lead_bot_resume is
  'Ends the pause of a channel, or with * the pause of everything, and gives messages another chance that the bot could not draw: called when Slack has just accepted our token.';
revoke all on function public.lead_bot_resume from public, anon, authenticated;
grant execute on function public.lead_bot_resume to service_role, lead_bot;
