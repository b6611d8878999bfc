create or replace function lead_bot.with_known(p_now jsonb, p_known jsonb)
returns jsonb
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  if p_now is null then
    return null;
  elsif p_now = '[]' then
    return coalesce(p_known, p_now);
  end if;
  return (
    select coalesce(jsonb_agg(a.id order by a.place), '[]')
      from (
        select i.id, min(i.place) as place
          from (
            select n.value ->> 'id' as id, n.ordinality as place
              from jsonb_array_elements(p_now) with ordinality n
            union all
            select k.id, 1000 + k.ordinality
              from jsonb_array_elements_text(coalesce(p_known, '[]')) with ordinality k (id, ordinality)
          ) i
         group by 1
         order by 2
         limit 1000
      ) a
  );
end;
$$;
comment on function lead_bot.with_known is
  'The ids of these items, and of those known before: a table that is being reloaded looks as if they were gone. At most 1,000.';
revoke all on function lead_bot.with_known from public;
