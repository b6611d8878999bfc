create or replace function public.lead_bot_steps_due(p_limit int)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return jsonb_build_object(
    'now', now(),
    'since', (
      select jsonb_build_object(
        'claim', p.deadlines -> 'claim', 'contact', p.deadlines -> 'contact', 'follow_up', p.deadlines -> 'follow_up'
      )
        from (select coalesce((select s.deadlines from lead_bot.poll_state s), '{}') as deadlines) p
    ),
    'cases', coalesce((
      select jsonb_agg(jsonb_build_object(
               'alert_id', a.id,
               'seen', a.step_due_at,
               'period', a.waits_since,
               'channel', a.channel,
               'status', a.status,
               'is_hot', a.cooling_since is null,
               'owner', a.owner,
               'waits_since', a.waits_since,
               'owner_back_at', (
                 select w.until from lead_bot.away w
                  where w.person = a.owner and w.until <= now()
                  order by w.until desc
                  limit 1
               ),
               'has_outcome', a.outcome is not null,
               'keeps', a.keeps,
               'score', a.score,
               'holder', (
                 select o.holder from lead_bot.offers o
                  where o.alert_id = a.id and o.ended_at is null and o.until > now()
               ),
               'has_news', a.news is not null,
               'news_told_at', a.news_told_at,
               'last_step_at', (select max(s.at) from lead_bot.steps s where s.alert_id = a.id),
               'taken', coalesce((
                 select jsonb_agg(jsonb_build_object('kind', t.kind, 'at', t.at, 'delivered_at', m.posted_at) order by t.at)
                   from (
                     select * from lead_bot.steps s where s.alert_id = a.id and s.period = a.waits_since offset 0
                   ) t
                   left join lead_bot.messages m on m.id = t.message_id
               ), '[]')
             ) order by a.step_due_at)
        from (
          select * from lead_bot.alerts d
           where d.closed_at is null and d.step_due_at <= now()
           order by d.step_due_at
           limit least(p_limit, 50)
        ) a
    ), '[]')
  );
end;
$$;
comment on function public.lead_bot_steps_due is
  'Alerts that may need a step, up to p_limit (at most 50), with what decides it; since when deadlines have been on; and the time by this clock. owner_back_at: when the owner''s last absence ended; delivered_at: when the message of a step reached Slack.';
revoke all on function public.lead_bot_steps_due from public, anon, authenticated;
grant execute on function public.lead_bot_steps_due to service_role, lead_bot;
