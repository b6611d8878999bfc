create or replace function lead_bot.note_standing(p_alert_ids uuid[])
returns void
language sql volatile security definer
set search_path = '' set enable_seqscan = off
as $$
  update lead_bot.alerts a
     -- The alert cools from when its last lead left, and not at all while one is hot.
     set cooling_since = n.cooling_since, score = n.score
    from (
      select m.alert_id,
             coalesce(max(m.score) filter (where m.left_at is null), max(m.score)) as score,
             case when bool_and(m.left_at is not null) then max(m.left_at) end as cooling_since
        from lead_bot.alert_leads m
       where m.alert_id = any (p_alert_ids)
       group by m.alert_id
    ) n
   where a.id = n.alert_id and a.closed_at is null
     and (a.cooling_since is distinct from n.cooling_since or a.score is distinct from n.score);
$$;
comment on function lead_bot.note_standing is
  'Brings the score of open alerts, and since when they cool, to what their leads say.';
revoke all on function lead_bot.note_standing from public;
