create or replace function lead_bot.picture_of(p_lead jsonb)
returns jsonb
language plpgsql immutable parallel safe set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_object_agg(c.name, p_lead -> c.name), '{}')
      from unnest(array[
        'total_score', 'tier', 'company_score', 'usage_score', 'expansion_score', 'champion_score', 'timing_score',
        'api_calls_30d', 'api_call_growth_pct', 'team_member_count', 'project_count', 'billing_tier', 'features_used'
      ]) c (name)
     where p_lead ? c.name
  );
end;
$$;
comment on function lead_bot.picture_of is 'The figures of a lead whose changes answer "why hot now?".';
revoke all on function lead_bot.picture_of from public;
