create or replace function public.lead_bot_health()
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
-- Plain index scans skip entries once found dead, and these indexes are written all the time.
as $$
declare
  v_waiting bigint;
  v_unclear bigint;
  v_oldest_at timestamptz;
  v_dead jsonb;
begin
  select count(*) filter (where
           d.state = 'pending' or d.state = 'posted' and (d.wanted_version > d.shown_version or d.removal is not null)
         ),
         count(*) filter (where d.state = 'unclear'),
         min(d.created_at) filter (where d.state in ('pending', 'unclear'))
    into v_waiting, v_unclear, v_oldest_at
    from lead_bot.due_channels() c
   cross join generate_series(0, 8) r (rank)
   cross join lateral (
     select m.state, m.wanted_version, m.shown_version, m.removal, m.created_at
       from lead_bot.messages m
      where m.channel = c.channel and m.rank = r.rank::smallint and m.due_at is not null
        -- Some wait for their reader's morning.
        and m.created_at <= now()
      order by m.due_at, m.created_at
      limit 1000
   ) d
   -- Home tabs wait for their turn, and for whoever may not see theirs.
   where c.channel <> 'home';
  select jsonb_build_object(
           'dead', coalesce(sum(g.count), 0),
           'dead_reasons', coalesce(jsonb_agg(to_jsonb(g) order by g.count desc) filter (where g.place <= 10), '[]')
         )
    into v_dead
    from (
      select r.*, row_number() over (order by r.count desc) as place
        from (
          select d.kind, d.channel, d.last_error as reason, count(*) as count
            from (
              select * from lead_bot.messages m where m.state = 'dead' order by m.created_at desc limit 500
            ) d
           group by 1, 2, 3
        ) r
    ) g;
  return jsonb_build_object(
    'open_alerts', (
      select count(*) from (select from lead_bot.alerts a where a.closed_at is null limit 10000) o
    ),
    'replaced', (
      select count(*) from (
        select from lead_bot.messages m
         where m.replaces_ts is not null and m.created_at > now() - interval '7 days'
         limit 1000
      ) r
    ),
    'waiting', v_waiting,
    'unclear', v_unclear,
    'oldest_waiting_seconds', coalesce(ceil(extract(epoch from now() - v_oldest_at)), 0),
    'paused', coalesce((
      select jsonb_agg(jsonb_build_object(
        'channel', c.channel, 'reason', c.pause_reason, 'until', c.paused_until
      ) order by c.channel)
        from lead_bot.channels c
       where c.pauses > 0
    ), '[]')
  ) || v_dead;
end;
$$;
comment on function public.lead_bot_health is
  'The backlog, unclear and dead messages, and paused channels. Looks at no more than 1,000 messages per channel and rank, 500 dead ones and 10,000 alerts.';
revoke all on function public.lead_bot_health from public, anon, authenticated;
grant execute on function public.lead_bot_health to service_role, lead_bot;
