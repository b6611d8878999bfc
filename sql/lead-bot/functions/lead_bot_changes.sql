create or replace function public.lead_bot_changes(p_rearm_seconds int, p_limit int)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_limit int := least(p_limit, 200);
  v_state lead_bot.poll_state;
  v_sweep lead_bot.sweep_state;
  v_begun timestamptz := clock_timestamp();
  v_marks bigint[];
  v_developers uuid[];
  v_read int := 0;
  v_entered jsonb := '[]';
begin
  select * into v_state from lead_bot.poll_state;
  select * into v_sweep from lead_bot.sweep_state;

  -- Leads to set aside for their score come last, so they don't crowd out others.
  select coalesce(array_agg(k.id), '{}'), coalesce(array_agg(k.developer_id), '{}')
    into v_marks, v_developers
    from (
      select m.id, m.developer_id
        from lead_bot.lead_marks m
       where m.hot
       order by coalesce(m.score between '0' and '100', true) desc, m.score desc nulls last, m.id
       limit v_limit
    ) k;
  if v_marks <> '{}' then
    perform lead_bot.share_lead_tables();
  end if;
  -- When leads are slow to read, read fewer. The others shouldn't wait for them.
  while v_read < cardinality(v_marks) and clock_timestamp() < v_begun + interval '300 milliseconds' loop
    v_entered := v_entered || lead_bot.entering(array(
      select d.id from unnest(v_developers[v_read + 1 : v_read + 20]) d (id)
      except
      select d.id from unnest(v_developers[1 : v_read]) d (id)
    ));
    v_read := v_read + 20;
  end loop;
  if v_read > 20 then
    v_entered := (
      select coalesce(jsonb_agg(e.lead order by coalesce(e.score between 0 and 100, false) desc, e.score desc, e.place), '[]')
        from (
          select l.lead, l.place, lead_bot.whole_points(l.lead -> 'total_score') as score
            from jsonb_array_elements(v_entered) with ordinality l (lead, place)
        ) e
    );
  end if;

  return jsonb_build_object(
    'first_run', v_state.first_poll_at is null,
    'entered', v_entered,
    'marks', to_jsonb(v_marks[1 : v_read]),
    'more', cardinality(v_marks) >= v_limit or v_read < cardinality(v_marks),
    'recent_cards', case when v_state.storm_since > now() - interval '1 minute' then v_state.storm_cards else 0 end,
    'moved',
      cardinality(v_marks) > 0
      or exists (select from lead_bot.lead_marks k where not k.hot)
      or exists (
        select from lead_bot.alerts a
         where a.closed_at is null and a.cooling_since <= now() - make_interval(secs => p_rearm_seconds)
           and a.status <> 'claimed' and a.hold is distinct from 'not-a-fit' and not lead_bot.can_be_undone(a.id)
      )
      or exists (
        select from lead_bot.alerts a
         where a.closed_at is null and a.cooling_since <= now() - make_interval(secs => p_rearm_seconds)
           and a.status = 'claimed' and a.told_cold_at is null and a.hold is null
      )
      or exists (select from lead_bot.offers o where o.ended_at is null and o.until <= now())
      or exists (
        select from lead_bot.alerts a where a.hold is not null and a.closed_at is null and a.hold_until <= now()
      )
      or exists (
        select from lead_bot.alerts a where a.closed_at is null and a.examined_at < v_state.mass_change_at
      )
      -- Waits up to 10 s so that they come in batches: with thousands of open alerts, one is due every second.
      or exists (
        select from lead_bot.alerts a where a.closed_at is null and a.redraw_due_at <= now() - interval '10 seconds'
      ),
    -- In the order of their index, or a plan from when the tables were empty may walk another one.
    'offers_due', (
      select a.id from lead_bot.alerts a
       where a.closed_at is null and a.offer_due_at <= now() and a.status = 'open' and a.hold is null
       order by a.offer_due_at
       limit 1
    ) is not null,
    'steps_due', (
      select a.id from lead_bot.alerts a
       where a.closed_at is null and a.step_due_at <= now()
       order by a.step_due_at
       limit 1
    ) is not null,
    'outcomes_due', (
      select q.alert_id from lead_bot.outcome_queues q where q.due_at <= now() order by q.due_at limit 1
    ) is not null and exists (
      select from lead_bot.outcome_endpoints e
       where e.seen_at > now() - interval '3 days' and coalesce(e.paused_until <= now(), true)
    ),
    'swept', v_sweep.swept_at is not null,
    'sweep_due', coalesce(v_sweep.due_at <= now(), true)
  );
end;
$$;
comment on function public.lead_bot_changes is
  'Reads what a poll has to decide: the p_limit best marks of hot leads (200 at most) and which of those enter, whether there may be more, whether there is anything to follow, whether offers, steps or webhooks are due, whether a sweep is due. The cost depends on what has changed, not on the number of leads.';
revoke all on function public.lead_bot_changes from public, anon, authenticated;
grant execute on function public.lead_bot_changes to service_role, lead_bot;
