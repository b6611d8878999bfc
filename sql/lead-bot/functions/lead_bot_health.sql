create or replace function public.lead_bot_health()
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'open_alerts', (select count(*) from lead_bot.alerts a where a.closed_at is null),
    'waiting', count(*) filter (where 
      m.state = 'pending' or (m.state = 'posted' and (m.wanted_version > m.shown_version or m.removal is not null))
    ),
    'unclear', count(*) filter (where m.state = 'unclear'),
    'dead', count(*) filter (where m.state = 'dead'),
    'oldest_waiting_seconds', coalesce(ceil(extract(epoch from now() - min(m.created_at) filter (
      where m.state in ('pending', 'unclear')
    ))), 0),
    'dead_reasons', coalesce((
      select jsonb_agg(d) from (
        select x.kind, x.channel, x.last_error as reason, count(*) as count
          from lead_bot.messages x
         where x.state = 'dead'
         group by 1, 2, 3
         order by 4 desc
         limit 10
      ) d
    ), '[]'),
    'paused', coalesce((
      select jsonb_agg(jsonb_build_object(
        'channel', c.channel, 'reason', c.pause_reason, 'until', c.paused_until
      ) order by c.channel)
        from lead_bot.channels c
       where c.pauses > 0
    ), '[]')
  )
  from lead_bot.messages m;
$$;
comment on function public.lead_bot_health is 'What waits, what is unclear, what was refused for good, and which channels are paused.';
revoke all on function public.lead_bot_health from public, anon, authenticated;
grant execute on function public.lead_bot_health to service_role, lead_bot;
