create or replace function lead_bot.take_pictures()
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_after uuid := coalesce((select s.picture_after from lead_bot.sweep_state s), '00000000-0000-0000-0000-000000000000');
  v_ids uuid[];
  v_due uuid[];
begin
  -- 500 a minute cover five million scores in a week.
  v_ids := array(
    select s.developer_id from public.lead_scores s where s.developer_id > v_after order by s.developer_id limit 500
  );
  update lead_bot.sweep_state s
     set picture_after = case when cardinality(v_ids) = 500 then v_ids[500] end
   where s.only_row;
  v_due := array(
    select distinct i.id
      from unnest(v_ids) i (id)
     cross join lateral (
       select coalesce(lead_bot.whole_points(lead_bot.newest_score(i.id) -> 'total_score'), 0) as score,
              (select max(p.taken_at) from lead_bot.lead_pictures p where p.developer_id = i.id) as newest
       offset 0
     ) n
     where n.newest < now() - interval '7 days' or n.newest is null and n.score >= 60
  );
  insert into lead_bot.lead_pictures (developer_id, picture, account_hash, hot, score, figures)
  select l.developer_id, lead_bot.picture_of(l.lead),
         case when l.account_key not like 'lead:%' then hashtextextended(l.account_key, 0) end,
         l.tier is not distinct from 'hot', l.score, lead_bot.figures_of(l.lead)
    from lead_bot.leads_of(v_due, true) l
   where l.account_key is not null
  on conflict do nothing;
-- A sweep matters more than its pictures.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return;
end;
$$;
comment on function lead_bot.take_pictures is
  'Takes the weekly pictures of the next 500 scores, for leads that have or had 60 points. Part of each sweep.';
revoke all on function lead_bot.take_pictures from public;
