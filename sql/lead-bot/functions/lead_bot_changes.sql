create or replace function public.lead_bot_changes(p_rearm_seconds int, p_limit int)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_limit int := least(p_limit, 200);
  v_state lead_bot.poll_state;
  v_sweep lead_bot.sweep_state;
  v_marks jsonb;
  v_developers uuid[];
  v_entered jsonb;
begin
  select * into v_state from lead_bot.poll_state;
  select * into v_sweep from lead_bot.sweep_state;

  -- What is to be set aside because of its score comes last, and takes no other's place.
  select coalesce(jsonb_agg(k.id), '[]'), array_agg(distinct k.developer_id)
    into v_marks, v_developers
    from (
      select m.id, m.developer_id
        from lead_bot.lead_marks m
       where m.hot
       order by coalesce(m.score between '0' and '100', true) desc, m.score desc nulls last, m.id
       limit v_limit
    ) k;
  v_entered := case when v_developers is null then '[]' else lead_bot.entering(v_developers) end;

  return jsonb_build_object(
    'first_run', v_state.first_poll_at is null,
    'entered', v_entered,
    'marks', v_marks,
    'more', jsonb_array_length(v_marks) >= v_limit,
    'recent_cards', case when v_state.storm_since > now() - interval '1 minute' then v_state.storm_cards else 0 end,
    'moved',
      jsonb_array_length(v_marks) > 0
      or exists (select from lead_bot.lead_marks k where not k.hot)
      or exists (
        select from lead_bot.alerts a
         where a.closed_at is null and a.cooling_since <= now() - make_interval(secs => p_rearm_seconds)
      )
      or exists (
        select from lead_bot.alerts a where a.closed_at is null and a.examined_at < v_state.mass_change_at
      )
      -- Ten seconds are waited for more of them: with thousands of open alerts one is due each second.
      or exists (
        select from lead_bot.alerts a where a.closed_at is null and a.redraw_due_at <= now() - interval '10 seconds'
      ),
    'swept', v_sweep.swept_at is not null,
    'sweep_due', coalesce(v_sweep.due_at <= now(), true)
  );
end;
$$;
comment on function public.lead_bot_changes is
  'Reads what a poll has to decide on: the best p_limit (200 at the most) marks of hot leads and which of those enter, whether there may be more, whether anything is to be followed, whether a sweep is due. Costs what has changed, not how many leads there are.';
revoke all on function public.lead_bot_changes from public, anon, authenticated;
grant execute on function public.lead_bot_changes to service_role, lead_bot;
