create or replace function lead_bot.note_crossings(p_mark_ids bigint[])
returns bigint[]
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_bot text := lead_bot.calling_bot();
  v_stated bigint[];
  v_found bigint[];
begin
  with noted as (
    insert into lead_bot.crossings (developer_id, at, score, before, noted_at, bot)
    select k.developer_id, k.at, lead_bot.whole_points(k.score), k.before, greatest(now(), k.at), v_bot
      from lead_bot.lead_marks k
     where k.id = any (p_mark_ids) and k.before is not null and k.developer_id is not null
       -- A mark may be kept, and settled again.
       and not exists (select from lead_bot.crossings x where x.developer_id = k.developer_id and x.at = k.at)
    returning id
  )
  select array_agg(n.id) into v_stated from noted n;

  -- The mark of an inserted score, or of a sweep, only says that the lead is hot. The previous score or the alert
  -- tells whether it was hot before.
  with noted as (
    insert into lead_bot.crossings (developer_id, at, score, before, noted_at, bot)
    select k.developer_id, k.at, coalesce(lead_bot.whole_points(k.score), m.score),
           case when p.score ->> 'tier' is distinct from 'hot' then
             lead_bot.score_components(p.score)
               || jsonb_build_object('total_score', p.score -> 'total_score', 'tier', p.score -> 'tier')
           end,
           greatest(now(), k.at), v_bot
      from (
        select distinct on (c.developer_id) c.developer_id, c.at, c.score
          from lead_bot.lead_marks c
         where c.id = any (p_mark_ids) and c.hot and c.before is null and c.developer_id is not null
         order by c.developer_id, c.id
      ) k
      left join lateral (
        select a.alert_id, a.score, a.entered_at, a.left_at
          from lead_bot.alert_leads a
         where a.active and a.developer_id = k.developer_id
         limit 1
      ) m on true
     cross join lateral (select lead_bot.newest_score(k.developer_id, 1) as score offset 0) p
     cross join lateral (select lead_bot.newest_score(k.developer_id) as score offset 0) n
     cross join lateral (
       select case when n.score ->> 'tier' = 'hot' then n.score ->> 'scored_at'
                   when p.score ->> 'tier' = 'hot' then p.score ->> 'scored_at' end as scored_at
     ) h
     -- Whether it has been hot since an earlier crossing, or since before its alert was closed. It enters again then,
     -- without having crossed.
     cross join lateral (
       select coalesce(
                (p.score is null or p.score ->> 'tier' = 'hot') and (
                  select x.fate in ('personal', 'not-shown', 'set-aside', 'waiting', 'not-a-fit')
                    from lead_bot.crossings x
                   where x.developer_id = k.developer_id
                   order by x.at desc
                   limit 1
                ) or (
                  select l.left_at is null
                    from lead_bot.alert_leads l
                   where l.developer_id = k.developer_id and l.alert_id <> m.alert_id
                   order by l.entered_at desc
                   limit 1
                ), false) as hot
     ) w
     where k.developer_id <> all (array(select x.developer_id from lead_bot.crossings x where x.id = any (v_stated)))
       and not exists (
             select from lead_bot.crossings x
              where x.developer_id = k.developer_id
                and (
                  x.at > k.at - interval '2 minutes'
                  -- After a reload this score already has its crossing. Compared as text, which can't fail on any
                  -- column value.
                  or to_jsonb(x.at) #>> '{}' >= h.scored_at collate "C"
                )
           )
       and (
         m.entered_at >= now() and not w.hot
         or (n.score is null or n.score ->> 'tier' = 'hot' or p.score ->> 'tier' = 'hot') and (
           m.left_at is not null
           or p.score ->> 'tier' <> 'hot'
           or m.entered_at is null and not exists (select from lead_bot.crossings x where x.developer_id = k.developer_id)
         )
         -- No longer hot, and only its one but newest score was, or the one that was overwritten.
         or n.score ->> 'tier' <> 'hot' and p.score ->> 'tier' = 'hot'
            and lead_bot.newest_score(k.developer_id, 2) ->> 'tier' is distinct from 'hot'
         or p.score is null and m.entered_at is null
            and not exists (select from lead_bot.crossings x where x.developer_id = k.developer_id)
       )
    returning id
  )
  select array_agg(n.id) into v_found from noted n;

  return coalesce(v_stated, '{}') || coalesce(v_found, '{}');
end;
$$;
comment on function lead_bot.note_crossings is
  'Records which of these marks are crossings into hot, with or without a card; returns them. lead_bot.note_fates says what came of each.';
revoke all on function lead_bot.note_crossings from public;
