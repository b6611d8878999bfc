create or replace function lead_bot.whole_points(p_score jsonb)
returns int
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(p_score) = 'number' and p_score between '-10000' and '10000' then round((p_score #>> '{}')::numeric)::int
  end;
end;
$$;
comment on function lead_bot.whole_points is
  'A score of any column type as whole points; null if it isn''t a number.';
revoke all on function lead_bot.whole_points from public;
