create or replace function lead_bot.note_standing(p_alert_ids uuid[])
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  update lead_bot.alerts a
     -- An alert cools from when its last lead left, and not while one is hot.
     set cooling_since = n.cooling_since, score = n.score,
         told_cold_at = case when n.cooling_since is not null then a.told_cold_at end,
         hold_until = lead_bot.hold_end(a.hold, a.hold_until, a.hold_score, n.score)
    from unnest(p_alert_ids) i (id)
   cross join lateral (select o.id, o.closed_at from lead_bot.alerts o where o.id = i.id offset 0) o
   cross join lateral (
     select coalesce(max(m.score) filter (where m.left_at is null), max(m.score)) as score,
            case when bool_and(m.left_at is not null) then max(m.left_at) end as cooling_since
       from lead_bot.alert_leads m
      where m.alert_id = i.id
     having count(*) > 0
   ) n
   where a.id = o.id and o.closed_at is null
     and (a.cooling_since is distinct from n.cooling_since or a.score is distinct from n.score);
end;
$$;
comment on function lead_bot.note_standing is
  'Updates the score of open alerts, and since when they have been cooling, from their leads. A hold ends when the score has moved enough since it began.';
revoke all on function lead_bot.note_standing from public;
