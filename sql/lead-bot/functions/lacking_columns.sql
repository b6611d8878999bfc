create or replace function lead_bot.lacking_columns()
returns jsonb
language sql stable security definer set search_path = ''
as $$
  with given (relation, columns) as (
    values
      ('lead_dashboard', '{developer_id,email,champion_name,company_domain,company_name,industry,employee_count,employee_range,
        funding_stage,total_funding_usd,tech_stack,project_count,billing_tier,team_member_count,api_calls_30d,
        api_call_growth_pct,last_active_at,features_used,total_score,tier,suggested_action,stakeholder_count,signal_count}'::text[]),
      ('developer_signups', '{id,email,full_name,company_domain}'),
      ('internal_signals', '{id,developer_id,captured_at}'),
      ('company_enrichment', '{domain,company_name,linkedin_url}'),
      ('stakeholders', '{company_domain,full_name,title,is_decision_maker,is_technical,is_budget_holder,linkedin_url}'),
      ('expansion_signals', '{company_domain,signal_type,signal_title,signal_detail,signal_date,signal_strength,captured_at}'),
      ('lead_scores', '{id,developer_id,company_score,usage_score,expansion_score,champion_score,timing_score,total_score,
        tier,suggested_action,scored_at}')
  )
  select coalesce(jsonb_agg(jsonb_build_object('relation', l.relation, 'columns', l.columns) order by l.relation), '[]')
    from (
      select g.relation,
             -- Null: there is no such table.
             case when to_regclass('public.' || g.relation) is not null then (
               select jsonb_agg(n.name order by n.place)
                 from unnest(g.columns) with ordinality n (name, place)
                where not exists (
                  select from pg_catalog.pg_attribute a
                   where a.attrelid = to_regclass('public.' || g.relation) and a.attname = n.name and not a.attisdropped
                )
             ) end as columns
        from given g
    ) l
   where l.columns is not null or to_regclass('public.' || l.relation) is null;
$$;
comment on function lead_bot.lacking_columns is
  'Columns of lead_dashboard and of the lead tables that the bot would read but that don''t exist; null for a missing table.';
revoke all on function lead_bot.lacking_columns from public;
