create or replace function public.lead_bot_outcomes_health(p_endpoint text)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return jsonb_build_object(
    'waiting', (
      select count(*) from (
        select from lead_bot.outcomes o where o.state = 'waiting' order by o.give_up_at limit 1000
      ) w
    ),
    'oldest_waiting_seconds', coalesce((
      select ceil(extract(epoch from now() - o.at))
        from lead_bot.outcomes o
       where o.state = 'waiting'
       order by o.give_up_at
       limit 1
    ), 0),
    'set_aside', coalesce((
      select jsonb_agg(to_jsonb(r) order by r.count desc)
        from (
          select s.last_error as reason, count(*) as count
            from (
              -- As the index has it.
              select o.last_error from lead_bot.outcomes o
               where o.state = 'set-aside' and o.done_at is not null
               order by o.done_at desc
               limit 1000
            ) s
           group by 1
           order by 2 desc
           limit 10
        ) r
    ), '[]'),
    'endpoint', (
      select jsonb_build_object(
               'seen_at', e.seen_at, 'failures', e.failures, 'reason', e.reason, 'paused_until', e.paused_until, 'gone_at', e.gone_at
             )
        from lead_bot.outcome_endpoints e
       where e.fingerprint = p_endpoint
    )
  );
end;
$$;
comment on function public.lead_bot_outcomes_health is
  'How many webhooks wait, since when, how many were set aside and why, and how the endpoint with this fingerprint does; null if no bot has it. Looks at no more than 1,000 of each.';
revoke all on function public.lead_bot_outcomes_health from public, anon, authenticated;
grant execute on function public.lead_bot_outcomes_health to service_role, lead_bot;
