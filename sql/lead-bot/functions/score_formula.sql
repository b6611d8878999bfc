create or replace function lead_bot.score_formula()
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_total text;
  v_tier text;
  v_floor text;
  v_parts jsonb;
begin
  select max(e.plain) filter (where e.attname = 'total_score'), max(e.plain) filter (where e.attname = 'tier')
    into v_total, v_tier
    from (
      select a.attname, regexp_replace(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '[\s()]|::(numeric|text|integer)', '', 'g') as plain
        from pg_catalog.pg_attribute a
        join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attrelid = pg_catalog.to_regclass('public.lead_scores') and a.attgenerated <> ''
    ) e;
  v_total := substring(v_total from '^round((?:[a-z]+_score\*[0-9.]+\+?)+)$');
  v_floor := substring(substr(v_tier, length('CASEWHEN' || v_total) + 1) from '^>=([0-9.]+)THEN''hot''');
  if v_floor is null or not starts_with(v_tier, 'CASEWHEN' || v_total) then
    return null;
  end if;
  select jsonb_object_agg(split_part(p.part, '_score*', 1), split_part(p.part, '*', 2)::numeric * 100) into v_parts
    from regexp_split_to_table(v_total, '\+') p (part);
  return jsonb_build_object('threshold', v_floor::numeric, 'weights', v_parts);
-- Another formula.
exception when data_exception then
  return null;
end;
$$;
comment on function lead_bot.score_formula is
  'The floor of the hot tier and the weights in percent, as the generated columns of lead_scores have them; null if these columns are something else.';
revoke all on function lead_bot.score_formula from public;
