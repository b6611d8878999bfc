create or replace function lead_bot.with_known(p_now jsonb, p_known jsonb)
returns jsonb
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_ids jsonb;
begin
  if p_now is null then
    return coalesce(p_known, '[]');
  elsif p_now = 'null' then
    return null;
  end if;
  v_ids := jsonb_path_query_array(p_now, '$[*].id');
  -- Nearly always.
  if p_known @> v_ids then
    return p_known;
  end if;
  return (
    select jsonb_agg(a.id order by a.place)
      from (
        select i.id, min(i.place) as place
          from jsonb_array_elements(v_ids || coalesce(p_known, '[]')) with ordinality i (id, place)
         group by 1
         order by 2
         limit 1000
      ) a
  );
end;
$$;
comment on function lead_bot.with_known is
  'The ids of these items, and of those known before: a table that is being reloaded looks as if they were gone. At most 1,000. JSON null, which can''t be read, is null.';
revoke all on function lead_bot.with_known from public;
