create or replace function lead_bot.newest_usage(p_developer_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select jsonb_build_object(
             'project_count', s.project_count, 'billing_tier', s.billing_tier,
             'team_member_count', s.team_member_count, 'api_calls_30d', s.api_calls_30d,
             'api_call_growth_pct', s.api_call_growth_pct, 'last_active_at', s.last_active_at
           )
      -- A column that the owner has dropped or renamed resolves to `missing`, and so to null.
      from (
        select null::text as project_count, null::text as billing_tier, null::text as team_member_count,
               null::text as api_calls_30d, null::text as api_call_growth_pct, null::text as last_active_at
      ) missing
     cross join lateral (
       select project_count::text as project_count, left(billing_tier::text, 200) as billing_tier,
              team_member_count::text as team_member_count, api_calls_30d::text as api_calls_30d,
              api_call_growth_pct::text as api_call_growth_pct, last_active_at::text as last_active_at
         from public.internal_signals c
        where c.developer_id = p_developer_id
        order by c.captured_at desc nulls last, c.id desc
        limit 1
     ) s
  );
-- The owner may have dropped, renamed or rebuilt the table. Rely on lead_dashboard alone.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return null;
end;
$$;
comment on function lead_bot.newest_usage is
  'The newest usage row of a lead as in lead_dashboard, as texts; null if there is none, or no such table.';
revoke all on function lead_bot.newest_usage from public;
