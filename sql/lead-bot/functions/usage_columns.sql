create or replace function lead_bot.usage_columns(p_lead jsonb)
returns jsonb
language sql immutable parallel safe set search_path = ''
as $$
  select coalesce(jsonb_object_agg(c.name, p_lead -> c.name), '{}')
    from unnest(array[
      'project_count', 'billing_tier', 'team_member_count', 'api_calls_30d', 'api_call_growth_pct', 'last_active_at'
    ]) c (name)
   where p_lead ? c.name;
$$;
comment on function lead_bot.usage_columns is 'What lead_dashboard shows of a row of internal_signals.';
revoke all on function lead_bot.usage_columns from public;
