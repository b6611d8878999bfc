create or replace function lead_bot.bounded_figures(p_figures jsonb)
returns jsonb
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  if pg_column_size(p_figures) <= 2000 then
    return p_figures;
  end if;
  return (
    select jsonb_object_agg(f.key, case when pg_column_size(f.value) <= 100 then f.value end) from jsonb_each(p_figures) f
  );
end;
$$;
comment on function lead_bot.bounded_figures is
  'Numbers and times by name. Values too big to be real become null: a numeric may have 100,000 digits.';
revoke all on function lead_bot.bounded_figures from public;
