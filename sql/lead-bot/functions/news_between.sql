create or replace function lead_bot.news_between(p_known jsonb, p_now jsonb, p_contacted boolean)
returns jsonb
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_known_growth numeric := (p_known #>> '{growth,percent}')::numeric;
  v_growth numeric := (p_now #>> '{growth,percent}')::numeric;
  v_rise int := (p_now ->> 'score')::int - (p_known ->> 'score')::int;
begin
  -- Nearly always.
  if p_known = p_now then
    return null;
  end if;
  return (
    select jsonb_agg(n.item order by n.rank, n.place)
      from (
        select i.rank, i.place, i.item
          from (
            select 1 as rank, l.place, jsonb_build_object('kind', 'champion', 'id', l.id) as item
              from jsonb_array_elements_text(coalesce(p_now -> 'leads', '[]')) with ordinality l (id, place)
             where not p_known -> 'leads' ? l.id
            union all
            select 2, 1, jsonb_build_object('kind', 'rise', 'from', p_known -> 'score', 'to', p_now -> 'score')
             where p_contacted and v_rise >= 10 and (p_now ->> 'hot')::boolean
            union all
            select 3, 1, jsonb_build_object('kind', 'growth-halved', 'from', v_known_growth, 'to', v_growth)
             where p_known #>> '{growth,of}' = p_now #>> '{growth,of}'
               and v_known_growth >= 20 and v_growth <= v_known_growth / 2
            union all
            select 4, 1, jsonb_build_object('kind', case when (p_now ->> 'hot')::boolean then 'hot-again' else 'cooled' end)
             where p_known -> 'hot' <> p_now -> 'hot'
            union all
            select 5, s.place, jsonb_build_object('kind', 'signal', 'id', s.id)
              from jsonb_array_elements_text(coalesce(p_now -> 'signals', '[]')) with ordinality s (id, place)
             where not p_known -> 'signals' ? s.id
            union all
            select 6, p.place, jsonb_build_object('kind', 'decision-maker', 'id', p.id)
              from jsonb_array_elements_text(coalesce(p_now -> 'people', '[]')) with ordinality p (id, place)
             where not p_known -> 'people' ? p.id
          ) i
         order by i.rank, i.place
         limit 10
      ) n
  );
end;
$$;
comment on function lead_bot.news_between is
  'The up to 10 most important differences between what they know and what lead_bot.known_of would have them know now; null without any.';
revoke all on function lead_bot.news_between from public;
