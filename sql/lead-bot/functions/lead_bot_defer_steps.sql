create or replace function public.lead_bot_defer_steps(p_cases jsonb)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  -- One that is locked is being changed, and looked at again after that.
  with locked as materialized (
    select a.id, c.at, c.due_at
      from jsonb_to_recordset(p_cases) c (alert_id uuid, seen timestamptz, at timestamptz, due_at timestamptz)
      join lead_bot.alerts a on a.id = c.alert_id
     where a.step_due_at = c.seen and a.closed_at is null
     order by a.id
       for no key update of a skip locked
  )
  update lead_bot.alerts a
     set step_due_at = l.at, due_at = l.due_at
    from locked l
   where a.id = l.id;
end;
$$;
comment on function public.lead_bot_defer_steps is
  'Has alerts looked at again at these times, null for once something changes, and notes when their owner''s time is up; only those that haven''t changed since they were seen.';
revoke all on function public.lead_bot_defer_steps from public, anon, authenticated;
grant execute on function public.lead_bot_defer_steps to service_role, lead_bot;
