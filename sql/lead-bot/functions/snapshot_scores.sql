-- Once per statement, not per row: a re-score of a million leads costs one insert … select. What goes
-- wrong here must never break the scoring pipeline's own transaction, hence the catch-all.
create or replace function lead_bot.snapshot_scores()
returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into lead_bot.lead_snapshots (
    developer_id, total_score, tier, company_score, usage_score, expansion_score, champion_score,
    timing_score, api_calls_30d, api_call_growth_pct, team_member_count, project_count, billing_tier,
    features_used, suggested_action
  )
  select
    l.developer_id, l.total_score, l.tier, l.company_score, l.usage_score, l.expansion_score,
    l.champion_score, l.timing_score, l.api_calls_30d, l.api_call_growth_pct, l.team_member_count,
    l.project_count, l.billing_tier, l.features_used, l.suggested_action
  from (select distinct developer_id from changed) c
  join lead_bot.leads l on l.developer_id = c.developer_id
  left join lateral (
    select * from lead_bot.lead_snapshots s
     where s.developer_id = l.developer_id
     order by s.id desc
     limit 1
  ) last on true
  where (
    l.total_score, l.tier, l.company_score, l.usage_score, l.expansion_score, l.champion_score,
    l.timing_score, l.api_calls_30d, l.api_call_growth_pct, l.team_member_count, l.project_count,
    l.billing_tier, l.features_used, l.suggested_action
  ) is distinct from (
    last.total_score, last.tier, last.company_score, last.usage_score, last.expansion_score,
    last.champion_score, last.timing_score, last.api_calls_30d, last.api_call_growth_pct,
    last.team_member_count, last.project_count, last.billing_tier, last.features_used, last.suggested_action
  );
  return null;
exception when others then
  raise warning 'lead_bot could not take snapshots: %', sqlerrm;
  return null;
end;
$$;
comment on function lead_bot.snapshot_scores is
  'Trigger: keeps what a lead looked like whenever its score was written and something about it changed.';
revoke all on function lead_bot.snapshot_scores from public;

-- Not `create or replace`: that would lock the table against the scoring pipeline at each run. To change
-- a trigger that is there, drop it in a migration.
do $$
begin
  if not exists (
    select from pg_trigger
     where tgrelid = 'public.lead_scores'::regclass and tgname = 'lead_bot_snapshot_insert'
  ) then
    create trigger lead_bot_snapshot_insert
      after insert on public.lead_scores
      referencing new table as changed
      for each statement execute function lead_bot.snapshot_scores();
  end if;
  if not exists (
    select from pg_trigger
     where tgrelid = 'public.lead_scores'::regclass and tgname = 'lead_bot_snapshot_update'
  ) then
    create trigger lead_bot_snapshot_update
      after update on public.lead_scores
      referencing new table as changed
      for each statement execute function lead_bot.snapshot_scores();
  end if;
end;
$$;
