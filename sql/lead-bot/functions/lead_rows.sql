create or replace function lead_bot.lead_rows(p_developer_ids uuid[], p_brief boolean, p_match int)
returns table (developer_id uuid, account_key text, tier text, score int, lead jsonb)
language plpgsql stable security definer
-- Look each lead up by index: without statistics, or with those of a once small table, the planner would read whole
-- tables. Planning takes several times as long as running the query.
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_chars int := case when p_brief then 200 else 400 end;
  v_action_chars int := case when p_brief then 1000 else 4000 end;
begin
  return query
    select i.id, k.account_key, v.tier, lead_bot.whole_points(to_jsonb(v.total_score)),
           jsonb_build_object(
             'developer_id', i.id, 'account_key', k.account_key, 'email', v.email, 'champion_name', v.champion_name,
             'company_domain', v.company_domain, 'company_name', v.company_name, 'industry', v.industry,
             'employee_range', v.employee_range, 'funding_stage', v.funding_stage, 'billing_tier', v.billing_tier,
             'tier', v.tier, 'suggested_action', v.suggested_action,
             -- For a list, don't even read a huge value.
             'tech_stack', case when not p_brief then lead_bot.bounded_list(v.tech_stack, 50, 400)
                                when pg_column_size(v.tech_stack) <= 200000 then lead_bot.bounded_list(v.tech_stack, 20, 60) end,
             'features_used', lead_bot.bounded_list(v.features_used, 50, v_chars),
             -- The owner's optional columns.
             'owner_email', v.owner_email,
             'crm_url', case when lead_bot.is_crm_url(v.crm_url) then v.crm_url end,
             'card_fields', case when p_brief then '[]' else lead_bot.bounded_fields(to_jsonb(v.card_fields)) end
           )
           || lead_bot.bounded_figures(jsonb_build_object(
             'employee_count', v.employee_count, 'total_funding_usd', v.total_funding_usd,
             'project_count', v.project_count, 'team_member_count', v.team_member_count,
             'api_calls_30d', v.api_calls_30d, 'api_call_growth_pct', v.api_call_growth_pct,
             'last_active_at', v.last_active_at, 'total_score', v.total_score,
             'stakeholder_count', v.stakeholder_count, 'signal_count', v.signal_count
           ))
           || lead_bot.score_components(n.score)
      from (select distinct u.id from unnest(p_developer_ids) u (id)) i
     cross join lateral (
       select lead_bot.newest_score(i.id) as score,
              case when p_match > 0 then lead_bot.newest_action(i.id, v_action_chars) end as action,
              case when p_match > 1 then lead_bot.newest_usage(i.id) end as usage
       offset 0
     ) n
     -- A column missing from the owner's view resolves to this row: score and tier from the newest score, everything
     -- else null.
     cross join lateral (
       select '' as email, null::text as champion_name, null::text as company_domain,
              null::text as company_name, null::text as industry, null::int as employee_count,
              null::text as employee_range, null::text as funding_stage, null::bigint as total_funding_usd,
              null::jsonb as tech_stack, null::int as project_count, null::text as billing_tier,
              null::int as team_member_count, null::bigint as api_calls_30d, null::numeric as api_call_growth_pct,
              null::timestamptz as last_active_at, array[]::text[] as features_used,
              n.score -> 'total_score' as total_score, n.score ->> 'tier' as tier, null::text as suggested_action,
              0 as stakeholder_count, 0 as signal_count, null::text as owner_email, null::text as crm_url,
              null::jsonb as card_fields
     ) missing
     cross join lateral (
       select left(email::text, 400) as email, left(champion_name::text, v_chars) as champion_name,
              company_domain::text as full_domain, email::text as full_email,
              left(company_domain::text, 400) as company_domain, left(company_name::text, v_chars) as company_name,
              left(industry::text, v_chars) as industry, employee_count as employee_count,
              left(employee_range::text, v_chars) as employee_range,
              left(funding_stage::text, v_chars) as funding_stage, total_funding_usd as total_funding_usd,
              tech_stack as tech_stack, project_count as project_count,
              left(billing_tier::text, 200) as billing_tier, team_member_count as team_member_count,
              api_calls_30d as api_calls_30d, api_call_growth_pct as api_call_growth_pct,
              last_active_at as last_active_at, features_used as features_used, total_score as total_score,
              left(tier::text, 100) as tier, left(suggested_action::text, v_action_chars) as suggested_action,
              stakeholder_count as stakeholder_count, signal_count as signal_count,
              left(owner_email::text, 320) as owner_email, left(crm_url::text, 3001) as crm_url,
              card_fields as card_fields
         from public.lead_dashboard d
        where d.developer_id = i.id
          and (p_match < 1
               or tier::text = n.score ->> 'tier' and total_score::text = n.score ->> 'total_score'
                  and left(suggested_action::text, v_action_chars) is not distinct from n.action)
          and (p_match < 2
               or project_count::text is not distinct from n.usage ->> 'project_count'
                  and left(billing_tier::text, 200) is not distinct from n.usage ->> 'billing_tier'
                  and team_member_count::text is not distinct from n.usage ->> 'team_member_count'
                  and api_calls_30d::text is not distinct from n.usage ->> 'api_calls_30d'
                  and api_call_growth_pct::text is not distinct from n.usage ->> 'api_call_growth_pct'
                  and last_active_at::text is not distinct from n.usage ->> 'last_active_at')
        limit 1
     ) v
     cross join lateral (select lead_bot.account_key(i.id, v.full_domain, v.full_email) as account_key offset 0) k;
end;
$$;
comment on function lead_bot.lead_rows is
  'The rows of lead_bot.leads_of; throws if one can''t be read. p_match picks among several rows of a lead: 0 any, 1 with its newest score, 2 with its newest usage as well.';
revoke all on function lead_bot.lead_rows from public;
