create or replace function public.lead_bot_resume()
returns void
language sql volatile security definer set search_path = ''
as $$
  -- A bot that starts may be one that can draw what the last one could not. What is no news any more
  -- stays away: a card whose alert is over, a digest that was not the last, a reply without its thread.
  update lead_bot.messages m
     set state = 'pending', attempts = 0, refusals = 0, next_try_at = now()
   where m.state = 'dead' and m.attempted_at is null
     and m.last_error ~ '^(cannot be drawn|does not parse)'
     and m.created_at > now() - interval '7 days'
     and case m.kind
       when 'card' then exists (select from lead_bot.alerts a where a.id = m.alert_id and a.closed_at is null)
       when 'digest' then not exists (
         select from lead_bot.messages n
          where n.kind = 'digest' and n.channel = m.channel and n.created_at > m.created_at
       )
       when 'notice' then exists (select from lead_bot.messages p where p.id = m.parent_id and p.state = 'posted')
       else true
     end;
  update lead_bot.channels c
     set paused_until = null, pauses = 0, pause_reason = null
   where c.channel = '*' and c.pauses > 0;
$$;
comment on function public.lead_bot_resume is
  'Ends the pause of everything, and gives messages that the bot could not draw another chance where they still are news: called when a bot starts and Slack has just accepted its token.';
revoke all on function public.lead_bot_resume from public, anon, authenticated;
grant execute on function public.lead_bot_resume to service_role, lead_bot;
