create or replace function lead_bot.morning_rows(p_person text)
returns table (alert_id uuid, section text, place bigint, items jsonb)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
    with owned as materialized (
      select a.id, a.status, a.outcome, a.score, a.waits_since, a.news,
             case when a.outcome = 'not-now' then a.outcome_until else a.due_at end as due_at,
             case when a.news_told_at > now() - interval '24 hours' then (
               select n.items
                 from lead_bot.steps s
                 join lead_bot.messages m on m.id = s.message_id
                cross join lateral (
                  select case when m.kind = 'notice' then m.payload -> 'items'
                              -- Yesterday's morning is no news today.
                              when m.payload ->> 'kind' <> 'morning' then m.payload #> array['news', a.id::text]
                         end as items
                ) n
                where s.alert_id = a.id and s.kind = 'news' and s.at >= a.claimed_at
                order by s.period desc
                limit 1
             ) end as items
        from lead_bot.alerts a
       where a.owner = p_person and a.closed_at is null and a.hold is null
       -- Only the index of open alerts has this order.
       order by a.due_at
    ),
    mine as (
      select w.*, row_number() over (order by w.due_at, w.waits_since, w.id) as place
        from owned w
       where w.status = 'claimed'
          or w.status = 'contacted' and w.due_at <= now() and (w.outcome is null or w.outcome = 'not-now')
    ),
    moved as (
      select w.id, w.items,
             row_number() over (order by w.news is not null desc, w.score desc nulls last, w.id) as place
        from owned w
       where (w.news is not null or w.items is not null)
         and not exists (select from mine m where m.id = w.id and m.place <= 10)
    )
    select m.id, 'mine', m.place, m.items from mine m
    union all
    select o.alert_id, 'offers', row_number() over (order by o.until, o.alert_id), null
      from lead_bot.offers o
     cross join lateral (
       select from lead_bot.alerts a
        where a.id = o.alert_id and a.closed_at is null and a.status = 'open' and a.hold is null
       offset 0
     ) a
     where o.holder = p_person and o.ended_at is null and o.until > now()
    union all
    select v.id, 'moved', v.place, v.items from moved v;
end;
$$;
comment on function lead_bot.morning_rows is
  'What an AE has to do: theirs that are to be contacted or followed up, first what is due first; what they have first call on; and what else of theirs has changed, with the news of the last day, if it was told. An alert beyond the tenth of its section may come twice.';
revoke all on function lead_bot.morning_rows from public;
