create or replace function lead_bot.scores_over_time(p_developer_ids uuid[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_written jsonb := '[]';
begin
  begin
    v_written := (
      select coalesce(jsonb_agg(jsonb_build_object('of', w.id, 'at', w.at, 'score', w.score)), '[]')
        from (
          select d.id, n.score ->> 'scored_at' as at, lead_bot.whole_points(n.score -> 'total_score') as score
            from unnest(p_developer_ids[1:25]) d (id)
           cross join lateral (
             select to_jsonb(s) as score from public.lead_scores s
              where s.developer_id = d.id
              order by s.scored_at desc nulls last
              limit 10
           ) n
        ) w
       where w.at is not null and w.score is not null
    );
  -- The owner may have dropped, renamed or rebuilt the table.
  exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
    null;
  end;
  return v_written || (
    select coalesce(jsonb_agg(jsonb_build_object('of', n.id, 'at', n.at, 'score', n.score)), '[]')
      from (
        select d.id, k.at, k.score
          from unnest(p_developer_ids[1:25]) d (id)
         cross join lateral (
           (select p.taken_at as at, lead_bot.whole_points(p.picture -> 'total_score') as score
              from lead_bot.lead_pictures p
             where p.developer_id = d.id
             order by p.taken_at desc
             limit 60)
           union all
           (select v.at, v.score
              from (
                select c.at, c.score, c.before from lead_bot.crossings c
                 where c.developer_id = d.id
                 order by c.at desc
                 limit 20
              ) c
             cross join lateral (values
               (c.at, c.score),
               (c.at - interval '1 second', lead_bot.whole_points(c.before -> 'total_score'))
             ) v (at, score))
         ) k
      ) n
     where n.score is not null
  );
end;
$$;
comment on function lead_bot.scores_over_time is
  'Scores of up to 25 developers as far as the bot or the lead tables know them, in no order.';
revoke all on function lead_bot.scores_over_time from public;
