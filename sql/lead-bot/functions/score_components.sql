create or replace function lead_bot.score_components(p_score jsonb)
returns jsonb
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return jsonb_build_object(
    'company_score', p_score -> 'company_score', 'usage_score', p_score -> 'usage_score',
    'expansion_score', p_score -> 'expansion_score', 'champion_score', p_score -> 'champion_score',
    'timing_score', p_score -> 'timing_score'
  );
end;
$$;
comment on function lead_bot.score_components is 'The five inputs of a score row; null for those it lacks.';
revoke all on function lead_bot.score_components from public;
