create or replace function public.lead_bot_defer_steps(p_cases jsonb)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  -- One that is locked is being changed, and looked at again after that.
  v_locked uuid[] := array(
    select a.id from lead_bot.alerts a
     where a.id = any (array(select (c.value ->> 'alert_id')::uuid from jsonb_array_elements(p_cases) c))
     order by a.id
       for no key update skip locked
  );
  v_redated uuid[];
  -- While a new bot takes over, one that doesn't have this deadline yet still decides too.
  v_is_new boolean := exists (
    select from lead_bot.poll_state p cross join lateral jsonb_each_text(p.deadlines) d
     where d.value::timestamptz > now() - interval '1 hour'
  );
begin
  with deferred as (
    update lead_bot.alerts a
       set step_due_at = case when v_is_new then least(c.at, now() + interval '1 hour') else c.at end,
           due_at = c.due_at
      from jsonb_to_recordset(p_cases) c (alert_id uuid, seen timestamptz, at timestamptz, due_at timestamptz)
     cross join lateral (
       select o.id, o.step_due_at, o.due_at, o.closed_at, o.status from lead_bot.alerts o where o.id = c.alert_id offset 0
     ) o
     where a.id = o.id and o.id = any (v_locked) and o.step_due_at = c.seen and o.closed_at is null
    -- No message shows until when to claim.
    returning a.id, o.status <> 'open' and o.due_at is distinct from c.due_at as is_redated
  )
  select coalesce(array_agg(d.id), '{}') into v_redated from deferred d where d.is_redated;
  -- Direct messages show when time is up.
  perform lead_bot.touch_alerts(v_redated, false) where v_redated <> '{}';
end;
$$;
comment on function public.lead_bot_defer_steps is
  'Has alerts looked at again at these times, null for once something changes, and notes when time is up; only those that haven''t changed since they were seen. Within an hour at the latest if a deadline has just been set.';
revoke all on function public.lead_bot_defer_steps from public, anon, authenticated;
grant execute on function public.lead_bot_defer_steps to service_role, lead_bot;
