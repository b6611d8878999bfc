create or replace function public.lead_bot_resume(p_alert_channel text, p_digest_channel text)
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

  -- What could not be posted follows a channel that was set anew, with the replies below it.
  with moving as (
    select m.id
      from lead_bot.messages m
     where m.kind in ('card', 'rollup', 'notice') and m.channel <> p_alert_channel
       and m.state = 'pending' and m.attempted_at is null
       and not exists (
         select from lead_bot.messages p
          where p.id = m.parent_id and (p.state <> 'pending' or p.attempted_at is not null)
       )
     order by m.id
       for no key update
  )
  update lead_bot.messages m
     set channel = p_alert_channel, next_try_at = now()
    from moving
   where m.id = moving.id;
  update lead_bot.messages m
     set state = 'gone', last_error = 'the digest goes to another channel now'
   where m.kind = 'digest' and m.channel <> p_digest_channel
     and m.state = 'pending' and m.attempted_at is null;

  update lead_bot.channels c
     set paused_until = null, pauses = 0, pause_reason = null
   where c.pauses > 0
     and (c.channel = '*' or c.channel not in (p_alert_channel, p_digest_channel) and not exists (
       select from lead_bot.messages m
        where m.channel = c.channel
          and (m.state in ('pending', 'unclear') or m.state = 'posted' and m.wanted_version > m.shown_version)
     ));
$$;
comment on function public.lead_bot_resume is
  'Ends the pause of everything, has what was never posted follow the channels that are set, and gives messages that the bot could not draw another chance where they still are news: called when a bot starts and Slack has just accepted its token.';
revoke all on function public.lead_bot_resume from public, anon, authenticated;
grant execute on function public.lead_bot_resume to service_role, lead_bot;
