create or replace function lead_bot.bounded_list(p_value jsonb, p_entries int, p_chars int)
returns jsonb
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  -- Read from where it is stored once, and not for each entry.
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
               -- A number may have a hundred thousand digits.
               else case when pg_column_size(e.value) <= 40 then e.value else 'null' end
             end order by e.place)
        -- By position: expanding an array of 300,000 entries to take 50 of them costs a hundred times as much.
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
  'The first p_entries of a list, each of p_chars characters at the most and without what is nested in it; what is small stays as it is.';
revoke all on function lead_bot.bounded_list(jsonb, int, int) from public;

-- For a column that is an array of Postgres, or of a type that the owner of the table has chosen.
create or replace function lead_bot.bounded_list(p_value anyelement, p_entries int, p_chars int)
returns jsonb
language plpgsql stable parallel safe set search_path = ''
as $$
begin
  return lead_bot.bounded_list(to_jsonb(p_value), p_entries, p_chars);
end;
$$;
comment on function lead_bot.bounded_list(anyelement, int, int) is 'The same of a value of any type.';
revoke all on function lead_bot.bounded_list(anyelement, int, int) from public;
