create or replace function lead_bot.bounded_list(p_value jsonb, p_entries int, p_chars int)
returns jsonb
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  -- Detoast once, not for each entry.
  v_value jsonb := p_value #> '{}';
begin
  if v_value is null or pg_column_size(v_value) <= 1000 then
    return v_value;
  end if;
  case jsonb_typeof(v_value)
  when 'array' then
    return (
      select jsonb_agg(case jsonb_typeof(e.value)
               when 'string' then to_jsonb(left(e.value #>> '{}', p_chars))
               when 'object' then case
                 when jsonb_typeof(e.value -> 'name') = 'string' then jsonb_build_object('name', left(e.value ->> 'name', p_chars))
                 else '{}' end
               when 'array' then '[]'
               -- A number may have 100,000 digits.
               else case when pg_column_size(e.value) <= 40 then e.value else 'null' end
             end order by e.place)
        -- By position: expanding an array of 300,000 entries to take 50 costs a hundred times as much.
        from (
          select v_value -> g.place as value, g.place
            from generate_series(0, least(jsonb_array_length(v_value), p_entries) - 1) g (place)
        ) e
    );
  when 'object' then
    return '{}';
  when 'string' then
    return to_jsonb(left(v_value #>> '{}', p_chars));
  else
    return 'null';
  end case;
end;
$$;
comment on function lead_bot.bounded_list(jsonb, int, int) is
  'The first p_entries of a list, each cut to p_chars characters, without nested values. A small list stays as it is.';
revoke all on function lead_bot.bounded_list(jsonb, int, int) from public;

-- For a column that is a Postgres array, or has a type of the owner's.
create or replace function lead_bot.bounded_list(p_value anyelement, p_entries int, p_chars int)
returns jsonb
language plpgsql stable parallel safe set search_path = ''
as $$
begin
  return lead_bot.bounded_list(to_jsonb(p_value), p_entries, p_chars);
end;
$$;
comment on function lead_bot.bounded_list(anyelement, int, int) is 'The same for a value of any type.';
revoke all on function lead_bot.bounded_list(anyelement, int, int) from public;
