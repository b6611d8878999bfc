-- lead_dashboard joins internal_signals and lead_scores without saying "newest", so a second row of
-- either shows a lead twice. This view has the same columns with the newest row of each.
create or replace view lead_bot.leads as
select
  d.id as developer_id,
  d.email,
  d.full_name as champion_name,
  d.company_domain,
  c.company_name,
  c.industry,
  c.employee_count,
  c.employee_range,
  c.funding_stage,
  c.total_funding_usd,
  c.tech_stack,
  i.project_count,
  i.billing_tier,
  i.team_member_count,
  i.api_calls_30d,
  i.api_call_growth_pct,
  i.last_active_at,
  array_remove(array[
    case when i.uses_auth then 'Auth' end,
    case when i.uses_storage then 'Storage' end,
    case when i.uses_edge_functions then 'Edge Functions' end,
    case when i.uses_realtime then 'Realtime' end,
    case when i.uses_vector then 'Vector' end,
    case when i.uses_cron then 'Cron' end
  ], null) as features_used,
  s.total_score,
  s.tier,
  s.suggested_action,
  (select count(*) from public.stakeholders t where t.company_domain = d.company_domain) as stakeholder_count,
  (select count(*) from public.expansion_signals e where e.company_domain = d.company_domain) as signal_count,
  coalesce(nullif(lower(d.company_domain), ''), 'lead:' || d.id) as account_key,
  s.company_score,
  s.usage_score,
  s.expansion_score,
  s.champion_score,
  s.timing_score,
  s.scored_at
from public.developer_signups d
left join public.company_enrichment c on c.domain = d.company_domain
left join lateral (
  select * from public.internal_signals r
   where r.developer_id = d.id
   order by r.captured_at desc nulls last, r.id desc
   limit 1
) i on true
left join lateral (
  select * from public.lead_scores r
   where r.developer_id = d.id
   order by r.scored_at desc nulls last, r.id desc
   limit 1
) s on true
where d.is_company_email;
comment on view lead_bot.leads is
  'lead_dashboard with the newest usage and the newest score of each developer, plus account key and score components.';
revoke all on lead_bot.leads from public;
