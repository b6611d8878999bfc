create or replace function public.lead_bot_replay(p_threshold numeric default null, p_weights jsonb default null)
returns jsonb
language plpgsql stable security definer
-- Plans for these values: cached ones may date from when the tables were empty. Pictures are read from their index alone.
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set jit = off
set plan_cache_mode = force_custom_plan
as $$
declare
  -- A year of 4,000 leads. More would take more than a second.
  v_most constant int := 200000;
  v_formula constant jsonb := lead_bot.score_formula();
  v_weights constant jsonb := (v_formula -> 'weights') || coalesce(p_weights, '{}');
  v_threshold constant numeric := coalesce(p_threshold, (v_formula ->> 'threshold')::numeric);
  -- Whether scores from before figures were kept say what these weights make of them.
  v_same constant boolean := coalesce(v_weights = v_formula -> 'weights', true);
  -- In hundredths of a percent, and in the same unit the points: sums of integers, so that rounding can't move a lead.
  v_company constant int := round((v_weights ->> 'company')::numeric * 100);
  v_usage constant int := round((v_weights ->> 'usage')::numeric * 100);
  v_expansion constant int := round((v_weights ->> 'expansion')::numeric * 100);
  v_champion constant int := round((v_weights ->> 'champion')::numeric * 100);
  v_timing constant int := round((v_weights ->> 'timing')::numeric * 100);
  v_sum constant int := v_company + v_usage + v_expansion + v_champion + v_timing;
  v_floor constant int := ceil(v_threshold * 10000);
  -- The first poll opens its alerts just before it is noted.
  v_started constant timestamptz := (select p.first_poll_at from lead_bot.poll_state p);
  v_from constant timestamptz := greatest(
    now() - interval '365 days', least(v_started, (select min(a.opened_at) from lead_bot.alerts a))
  );
  -- Accounts below this hash are read; all of them if it is null.
  v_below bigint;
  v_replay jsonb;
begin
  perform lead_bot.share_lead_tables();
  if v_formula is null and p_weights is not null or v_sum <> 10000 then
    return jsonb_build_object('formula', v_formula, 'weights', v_weights, 'replay', null);
  end if;

  v_below := (
    select p.account_hash from lead_bot.lead_pictures p
     where p.account_hash is not null
     order by p.account_hash
    offset v_most limit 1
  );
  with past as materialized (
    select a.id, a.account_key, a.opened_at, a.closed_at, a.contacted_at is not null as contacted, a.outcome, a.hold, a.score,
           a.opened_score, a.opened_figures
      from lead_bot.alerts a
     -- Of those from before, what they cover.
     where (a.opened_at >= v_from or a.closed_at is null or a.closed_at >= v_from) and a.merged_into is null
  ),
  judged as materialized (
    select a.id, a.account_key, a.opened_at, coalesce(a.closed_at, now()) as closed_at, a.contacted,
           a.outcome, a.hold is not distinct from 'not-a-fit' as not_a_fit, coalesce(a.opened_score, a.score) as score,
           h.hash, k.kept
      from past a
     cross join lateral (select hashtextextended(a.account_key, 0) as hash offset 0) h
     cross join lateral (
       select case when v_threshold is null then true
                   when v_company is not null and a.opened_figures is not null
                   then a.opened_figures[1] * v_company + a.opened_figures[2] * v_usage + a.opened_figures[3] * v_expansion
                          + a.opened_figures[4] * v_champion + a.opened_figures[5] * v_timing >= v_floor
                   when v_same
                   then coalesce(a.opened_score, (
                          select m.score_at_entry from lead_bot.alert_leads m
                           where m.alert_id = a.id
                           order by m.entered_at
                           limit 1
                        )) >= v_threshold end as at_once
       offset 0
     ) e
     -- It may have reached the score later. Unless it did, what is not known stays unknown.
     cross join lateral (
       select case when e.at_once or exists (
                select from lead_bot.lead_pictures p
                 where p.account_hash = h.hash and p.taken_at between a.opened_at and coalesce(a.closed_at, now())
                   and case when v_company is not null and p.figures is not null
                            then p.figures[1] * v_company + p.figures[2] * v_usage + p.figures[3] * v_expansion
                                   + p.figures[4] * v_champion + p.figures[5] * v_timing >= v_floor
                            else v_same and p.score >= v_threshold end
              ) then true else e.at_once end as kept
       offset 0
     ) k
  ),
  counted as materialized (
    select j.* from judged j where j.opened_at >= v_from
  ),
  -- Companies that would have been hot while they were not. Why one that was hot got no alert has nothing to do with
  -- the score.
  warm as materialized (
    select p.account_hash, p.taken_at,
           lag(p.taken_at) over (partition by p.account_hash order by p.taken_at) as before
      from lead_bot.lead_pictures p
     where p.account_hash is not null and (p.account_hash < v_below or v_below is null) and p.taken_at >= v_from
       and not p.hot
       and case when v_company is not null and p.figures is not null
                then p.figures[1] * v_company + p.figures[2] * v_usage + p.figures[3] * v_expansion
                       + p.figures[4] * v_champion + p.figures[5] * v_timing >= v_floor
                -- A rounded score is half a point above the exact one, at most.
                else v_same and p.score >= v_threshold + 0.5 end
  ),
  -- A week without a picture that would be hot ends an episode; big databases are gone through in eight days.
  numbered as (
    select w.account_hash, w.taken_at,
           count(*) filter (where w.before is null or w.before < w.taken_at - interval '10 days')
             over (partition by w.account_hash order by w.taken_at) as episode
      from warm w
  ),
  episodes as materialized (
    select n.account_hash, min(n.taken_at) as begun_at, max(n.taken_at) as ended_at
      from numbered n
     group by n.account_hash, n.episode
  ),
  missed as (
    select c.* from counted c where not c.kept and c.contacted
  ),
  counts as (
    select count(*) as alerts, count(*) filter (where c.kept is not false) as kept,
           count(*) filter (where c.kept is null) as unknown, count(*) filter (where c.opened_at <= v_started) as at_start,
           count(*) filter (where c.contacted) as contacted, count(*) filter (where c.outcome = 'won') as won,
           count(*) filter (where c.not_a_fit) as not_a_fit,
           count(*) filter (where not c.kept and c.contacted) as missed_contacted,
           count(*) filter (where not c.kept and c.contacted and c.outcome = 'won') as missed_won,
           count(*) filter (where not c.kept and c.not_a_fit) as avoided
      from counted c
  )
  select to_jsonb(n) || jsonb_build_object(
    'from', v_from,
    'to', now(),
    'pictures_from', (
      select min(f.taken_at)
        from (
          select p.taken_at from lead_bot.lead_pictures p
           where p.account_hash is not null
           order by p.account_hash
           limit 1000
        ) f
    ),
    'missed', coalesce((
      select jsonb_agg(jsonb_build_object(
               'name', lead_bot.account_name(b.account_key),
               'domain', case when b.account_key not like 'lead:%' then b.account_key end,
               'outcome', b.outcome
             ) order by b.place)
        from (
          select m.account_key, m.outcome,
                 row_number() over (order by array_position(array['won', 'meeting'], m.outcome) nulls last, m.score desc nulls last, m.opened_at desc, m.id) as place
            from missed m
           order by place
           limit 5
        ) b
    ), '[]'),
    'added', (
      select count(*) from episodes e
       where not exists (
         select from judged j
          where j.hash = e.account_hash and j.kept is not false
            and j.opened_at <= e.ended_at + interval '10 days' and j.closed_at >= e.begun_at - interval '10 days'
       )
    ),
    'share', coalesce((v_below + 9223372036854775808.0) / 18446744073709551616.0, 1)
  ) into v_replay
    from counts n;
  return jsonb_build_object('formula', v_formula, 'weights', v_weights, 'replay', v_replay);
end;
$$;
comment on function public.lead_bot_replay is
  'What another threshold or other weights (in percent; those not given stay) would have made of up to a year of history. Null replays it as it was. replay is null if the weights don''t add up to 100, or are not known. share: of the companies, how many were read for what would be added. It changes nothing.';
revoke all on function public.lead_bot_replay from public, anon, authenticated;
grant execute on function public.lead_bot_replay to service_role, lead_bot;
