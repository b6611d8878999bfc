create or replace function lead_bot.clipped(p_row jsonb)
returns jsonb
language sql immutable parallel safe set search_path = ''
as $$
  select coalesce(jsonb_object_agg(left(f.key, 100), case jsonb_typeof(f.value)
    when 'string' then case when length(f.value #>> '{}') > 4000 then to_jsonb(left(f.value #>> '{}', 4000)) else f.value end
    -- A numeric may have a hundred thousand digits.
    when 'number' then case when octet_length(f.value::text) <= 40 then f.value else 'null' end
    when 'array' then (
      select coalesce(jsonb_agg(case jsonb_typeof(e.value)
               when 'string' then case when length(e.value #>> '{}') > 400 then to_jsonb(left(e.value #>> '{}', 400)) else e.value end
               when 'object' then case
                 when jsonb_typeof(e.value -> 'name') = 'string' then jsonb_build_object('name', left(e.value ->> 'name', 400))
                 else '{}' end
               when 'array' then '[]'
               else case when octet_length(e.value::text) <= 40 then e.value else 'null' end
             end order by e.place), '[]')
        -- By position: expanding an array of 300,000 entries to take 50 of them costs a hundred times as much.
        from (
          select f.value -> g.place as value, g.place
            from generate_series(0, least(jsonb_array_length(f.value), 50) - 1) g (place)
        ) e
    )
    when 'object' then case when octet_length(f.value::text) <= 4000 then f.value else '{}' end
    else f.value
  end), '{}')
  from (select j.key, j.value from jsonb_each(p_row) j limit 200) f;
$$;
comment on function lead_bot.clipped is
  'A row with bounded values: texts of 4,000 characters, arrays of 50 entries of 400 characters, small objects.';
revoke all on function lead_bot.clipped from public;
