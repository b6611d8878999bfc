create or replace function lead_bot.newest_copies(p_developer_id uuid)
returns bigint
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_score jsonb := lead_bot.newest_score(p_developer_id);
  v_usage jsonb := lead_bot.newest_usage(p_developer_id);
begin
  return greatest(1, (
    select count(*)
      from (select * from public.lead_scores c where c.developer_id = p_developer_id limit 1000) s
     where s.tier::text = v_score ->> 'tier' and s.total_score::text = v_score ->> 'total_score'
  )) * greatest(1, (
    select count(*)
      from (select * from public.internal_signals c where c.developer_id = p_developer_id limit 1000) s
     where s.project_count::text is not distinct from v_usage ->> 'project_count'
       and s.api_calls_30d::text is not distinct from v_usage ->> 'api_calls_30d'
       and s.last_active_at::text is not distinct from v_usage ->> 'last_active_at'
  ));
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return 1;
end;
$$;
comment on function lead_bot.newest_copies is
  'How often lead_dashboard may show a lead with the values of its newest score and usage rows.';
revoke all on function lead_bot.newest_copies from public;
