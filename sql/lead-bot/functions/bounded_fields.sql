create or replace function lead_bot.bounded_fields(p_value jsonb)
returns jsonb
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_value jsonb;
begin
  -- Don't even read a huge value.
  if p_value is null or pg_column_size(p_value) > 20000 then
    return '[]';
  end if;
  v_value := p_value #> '{}';
  if jsonb_typeof(v_value) <> 'object' or pg_column_size(v_value) > 200000 then
    return '[]';
  end if;
  return coalesce((
    select jsonb_agg(jsonb_build_object('label', left(f.key, 60), 'text', left(f.value #>> '{}', 300)) order by f.place)
      from (
        select e.key, e.value, e.place
          from jsonb_each(v_value) with ordinality e (key, value, place)
         where e.key <> '' and jsonb_typeof(e.value) in ('string', 'number', 'boolean') and e.value <> '""'
         order by e.place
         limit 5
      ) f
  ), '[]');
end;
$$;
comment on function lead_bot.bounded_fields is
  'Up to five label → text pairs of an object, as a list. Skips nested values, and anything that isn''t an object.';
revoke all on function lead_bot.bounded_fields from public;
