create or replace function public.lead_bot_metrics()
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_queue jsonb;
  v_oldest jsonb;
begin
  with waiting as materialized (
    select d.*
      from lead_bot.due_channels() c
     cross join generate_series(0, 8) r (rank)
     cross join lateral (
       select m.kind, m.created_at, m.state in ('pending', 'unclear') as is_new,
              case
                when m.state = 'unclear' then 'search'
                when m.removal is not null then 'remove'
                when m.state = 'pending' then 'post'
                when m.wanted_version > m.shown_version then 'update'
              end as action
         from lead_bot.messages m
        where m.channel = c.channel and m.rank = r.rank::smallint and m.due_at is not null
          -- Some wait for their reader's morning.
          and m.created_at <= now()
        order by m.due_at, m.created_at
        limit 1000
     ) d
     -- Home tabs wait for their turn, and for whoever may not see theirs.
     where c.channel <> 'home' and d.action is not null
  )
  select (
           select coalesce(jsonb_agg(jsonb_build_object('kind', q.kind, 'action', q.action, 'count', q.count)), '[]')
             from (select w.kind, w.action, count(*) as count from waiting w group by 1, 2) q
         ),
         (
           select coalesce(jsonb_agg(jsonb_build_object('kind', o.kind, 'seconds', o.seconds)), '[]')
             from (
               select w.kind, extract(epoch from now() - min(w.created_at)) as seconds
                 from waiting w
                where w.is_new and w.action <> 'remove'
                group by 1
             ) o
         )
    into v_queue, v_oldest;

  return jsonb_build_object(
    'limit_ms', extract(epoch from current_setting('statement_timeout')::interval) * 1000,
    'alerts', (
      select jsonb_build_object(
               'open', count(*) filter (where o.state = 'open'),
               'claimed', count(*) filter (where o.state = 'claimed'),
               'contacted', count(*) filter (where o.state = 'contacted'),
               'snoozed', count(*) filter (where o.state = 'snoozed'),
               'not_a_fit', count(*) filter (where o.state = 'not-a-fit'),
               'cooling', count(*) filter (where o.state = 'cooling')
             )
        from (
          select coalesce(a.hold, case when a.cooling_since is not null then 'cooling' else a.status end) as state
            from lead_bot.alerts a
           where a.closed_at is null
           limit 10000
        ) o
    ),
    'steps', (
      select jsonb_build_object(
               'due', count(*), 'late_seconds', coalesce(extract(epoch from now() - min(s.step_due_at)), 0)
             )
        from (
          select a.step_due_at from lead_bot.alerts a
           where a.closed_at is null and a.step_due_at <= now()
           order by a.step_due_at
           limit 1000
        ) s
    ),
    'offers', (
      select jsonb_build_object(
               'due', count(*), 'late_seconds', coalesce(extract(epoch from now() - min(d.offer_due_at)), 0)
             )
        from (
          select a.offer_due_at from lead_bot.alerts a
           where a.closed_at is null and a.offer_due_at <= now()
           order by a.offer_due_at
           limit 1000
        ) d
    ) || jsonb_build_object('running', (
      select count(*) from (
        select from lead_bot.offers o where o.ended_at is null order by o.until limit 1000
      ) r
    )),
    'marks', jsonb_build_object(
      'count', (select count(*) from (select from lead_bot.lead_marks k order by k.id limit 1000) c),
      'oldest_seconds', coalesce((
        select greatest(0, extract(epoch from now() - k.at)) from lead_bot.lead_marks k order by k.id limit 1
      ), 0)
    ),
    'swept_at', (select extract(epoch from s.swept_at) from lead_bot.sweep_state s),
    'queue', v_queue,
    'oldest', v_oldest,
    'gesture_waiting_seconds', coalesce((
      select extract(epoch from now() - min(g.at))
        from lead_bot.due_channels() c
       cross join lateral (
         select m.alert_id, m.kind, m.sends from lead_bot.messages m
          where m.channel = c.channel and m.rank = 5 and m.due_at is not null
          order by m.due_at, m.created_at
          limit 100
       ) u
       cross join lateral lead_bot.last_gesture_at(u.alert_id) g (at)
       where c.channel <> 'home' and u.kind = 'card'
         -- Older than what the card shows: someone was refused.
         and g.at > coalesce((u.sends #>> '{-1,taken_at}')::timestamptz, '-infinity')
    ), 0),
    'dead', (
      select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'count', k.count)), '[]')
        from (
          select d.kind, count(*) as count
            from (
              select m.kind from lead_bot.messages m where m.state = 'dead' order by m.created_at desc limit 500
            ) d
           group by 1
        ) k
    ),
    -- A bot that sends any renews it every two hours at least. Events are written for longer.
    'webhooks', case when exists (select from lead_bot.outcome_endpoints e where e.seen_at > now() - interval '3 hours') then (
      select jsonb_build_object(
               'waiting', count(*),
               'oldest_seconds', coalesce(extract(epoch from now() - min(w.at)), 0),
               'set_aside', (
                 select count(*) from (
                   select from lead_bot.outcomes s where s.state = 'set-aside' and s.done_at is not null order by s.done_at desc limit 1000
                 ) t
               )
             )
        from (
          select o.at from lead_bot.outcomes o where o.state = 'waiting' order by o.give_up_at limit 1000
        ) w
    ) end,
    'paused', (
      select jsonb_build_object(
               'channels', count(*) filter (where c.channel <> '*'),
               'everything', count(*) filter (where c.channel = '*')
             )
        from lead_bot.channels c
       where c.pauses > 0
    )
  );
end;
$$;
comment on function public.lead_bot_metrics is
  'Numbers for monitoring: open alerts by state, due steps and offers, marks, the last sweep, the queue by kind, the gesture that has waited longest for its card, dead messages, webhooks (null while no bot sends any), paused channels, and the caller''s time limit in ms (0: none). Counts and times only. Looks at no more than 1,000 messages per channel and rank, 500 dead ones and 10,000 alerts.';
revoke all on function public.lead_bot_metrics from public, anon, authenticated;
grant execute on function public.lead_bot_metrics to service_role, lead_bot;
