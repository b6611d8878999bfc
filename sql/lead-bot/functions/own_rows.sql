create or replace function lead_bot.own_rows(p_person text)
returns table (id uuid, place bigint)
language plpgsql stable security definer
-- A plan from when there was little would read all that an AE has ever had.
set search_path = '' set plan_cache_mode = force_custom_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
    with at_work as materialized (
      select * from lead_bot.alerts a
       where a.owner = p_person and a.closed_at is null and a.hold is distinct from 'not-a-fit'
       -- Only the index of open alerts has this order.
       order by a.due_at
    ),
    own as (
      select a.id, array_position('{claimed,contacted}', a.status) as rank, a.due_at, a.score, a.opened_at
        from at_work a
       where a.outcome is null
      union all
      -- Its time has come again.
      select a.id, 2, a.outcome_until, a.score, a.opened_at
        from at_work a
       where a.hold is null and a.outcome = 'not-now' and a.outcome_until <= now()
      union all
      -- Contacted and since closed, until it has an outcome.
      select a.id, 3, null, a.score, a.opened_at
        from lead_bot.alerts a
       where a.owner = p_person and a.status = 'contacted' and a.outcome is null
         and a.closed_at is not null and a.merged_into is null and a.contacted_at > now() - interval '90 days'
         and a.hold is distinct from 'not-a-fit'
    )
    select o.id, row_number() over (order by o.due_at, o.rank, o.score desc nulls last, o.opened_at, o.id) from own o;
end;
$$;
comment on function lead_bot.own_rows is
  'An AE''s alerts that still want something from them, first what is due first: those without an outcome, with those contacted in the last 90 days that have closed, and those to be tried again by now.';
revoke all on function lead_bot.own_rows from public;
