create or replace function lead_bot.newest_score(p_developer_id uuid, p_before int default 0)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select lead_bot.bounded_figures(jsonb_build_object(
             'total_score', s.total_score, 'company_score', s.company_score, 'usage_score', s.usage_score,
             'expansion_score', s.expansion_score, 'champion_score', s.champion_score, 'timing_score', s.timing_score
           )) || jsonb_build_object('tier', s.tier, 'scored_at', s.scored_at)
      -- A column that the owner has dropped or renamed resolves to `missing`, and so to null.
      from (
        select null::text as tier, null::int as total_score, null::int as company_score, null::int as usage_score,
               null::int as expansion_score, null::int as champion_score, null::int as timing_score,
               null::timestamptz as scored_at
      ) missing
     cross join lateral (
       select left(tier::text, 100) as tier, total_score as total_score, company_score as company_score,
              usage_score as usage_score, expansion_score as expansion_score, champion_score as champion_score,
              timing_score as timing_score, scored_at as scored_at
         from public.lead_scores c
        where c.developer_id = p_developer_id
        order by c.scored_at desc nulls last, c.id desc
       offset p_before limit 1
     ) s
  );
-- The owner may have dropped, renamed or rebuilt the table. Rely on lead_dashboard alone.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return null;
end;
$$;
comment on function lead_bot.newest_score is
  'The newest score of a lead, or the one p_before scores earlier; null if there is none, or no such table.';
revoke all on function lead_bot.newest_score from public;
