create or replace function lead_bot.values_of(p_by_id jsonb, p_ids uuid[])
returns jsonb
language sql immutable parallel safe set search_path = ''
as $$
  select coalesce(jsonb_agg(p_by_id -> i.id::text order by i.place), '[]')
    from unnest(p_ids) with ordinality i (id, place)
   where p_by_id ? i.id::text;
$$;
comment on function lead_bot.values_of is 'The values of these keys, in their order, without those that are missing.';
revoke all on function lead_bot.values_of from public;
