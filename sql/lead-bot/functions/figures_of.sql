create or replace function lead_bot.figures_of(p_score jsonb)
returns smallint[]
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_figures smallint[] := array[
    lead_bot.whole_points(p_score -> 'company_score'), lead_bot.whole_points(p_score -> 'usage_score'),
    lead_bot.whole_points(p_score -> 'expansion_score'), lead_bot.whole_points(p_score -> 'champion_score'),
    lead_bot.whole_points(p_score -> 'timing_score')
  ];
begin
  return case when array_position(v_figures, null) is null then v_figures end;
end;
$$;
comment on function lead_bot.figures_of is
  'The company, usage, expansion, champion and timing score of a score row, in this order; null if it lacks one.';
revoke all on function lead_bot.figures_of from public;
