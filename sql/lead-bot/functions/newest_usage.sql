create or replace function lead_bot.newest_usage(p_developer_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select jsonb_build_object(
             'project_count', s.project_count::text, 'billing_tier', left(s.billing_tier, 200),
             'team_member_count', s.team_member_count::text, 'api_calls_30d', s.api_calls_30d::text,
             'api_call_growth_pct', s.api_call_growth_pct::text, 'last_active_at', s.last_active_at::text
           )
      from public.internal_signals s
     where s.developer_id = p_developer_id
     order by s.captured_at desc nulls last, s.id desc
     limit 1
  );
-- The owner may have dropped, renamed or rebuilt the table: then lead_dashboard alone says what is known.
exception when undefined_table or undefined_column then
  return null;
end;
$$;
comment on function lead_bot.newest_usage is
  'What lead_dashboard shows of the newest usage row of a lead, as texts; null when there is none, or no such table.';
revoke all on function lead_bot.newest_usage from public;
