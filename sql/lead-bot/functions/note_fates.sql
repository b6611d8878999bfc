create or replace function lead_bot.note_fates(p_developer_ids uuid[], p_crossing_ids bigint[])
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_outside uuid[];
begin
  -- It was hot more than once since the bot last looked. What it is now came of the last time.
  update lead_bot.crossings c
     set fate = 'brief'
   where c.id = any (p_crossing_ids)
     and exists (
       select from lead_bot.crossings n
        where n.developer_id = c.developer_id and n.at >= c.at and (n.at, n.id) > (c.at, c.id)
     );

  update lead_bot.crossings c
     set alert_id = f.alert_id,
         fate = case
           when f.entered and f.opened then coalesce(f.shown, 'silent')
           else coalesce(f.hold, case when f.entered then 'joined' else 'returned' end)
         end
    from (
      select n.id, m.alert_id, a.hold, m.entered_at >= n.at as entered,
             exists (
               select from lead_bot.alert_events e
                where e.alert_id = m.alert_id and e.kind = 'opened' and e.developer_id = d.id
             ) as opened,
             (
               select g.kind
                 from (select s.message_id from lead_bot.message_alerts s where s.alert_id = m.alert_id offset 0) l
                cross join lateral (
                  select i.kind, i.created_at, i.id from lead_bot.messages i where i.id = l.message_id offset 0
                ) g
                where g.kind in ('card', 'rollup')
                order by g.created_at, g.id
                limit 1
             ) as shown
        from (select distinct u.id from unnest(p_developer_ids) u (id)) d
       cross join lateral (
         select x.id, x.at, x.fate from lead_bot.crossings x
          where x.developer_id = d.id
          order by x.at desc, x.id desc
          limit 1
       ) n
       cross join lateral (
         select l.alert_id, l.entered_at from lead_bot.alert_leads l where l.active and l.developer_id = d.id limit 1
       ) m
       cross join lateral (select o.hold from lead_bot.alerts o where o.id = m.alert_id offset 0) a
       where n.id = any (p_crossing_ids)
          -- It enters only now: its row was repaired, say, or a hold is over.
          or n.fate in ('personal', 'not-shown', 'set-aside', 'brief', 'not-a-fit', 'unknown') and m.entered_at >= n.at
    ) f
   where c.id = f.id;

  v_outside := array(
    select distinct c.developer_id from lead_bot.crossings c
     where c.id = any (p_crossing_ids) and c.fate = 'unknown'
  );
  if cardinality(v_outside) = 0 then
    return;
  end if;
  update lead_bot.crossings c
     set fate = f.fate
    from (
      select u.id as developer_id,
             case
               -- The view may leave out personal addresses by itself.
               when coalesce(t.account_key, a.account_key) like 'lead:%' then 'personal'
               when t.developer_id is null then 'not-shown'
               when t.account_key is null or t.tier = 'hot' then 'set-aside'
               else 'brief'
             end as fate
        from unnest(v_outside) u (id)
        left join lead_bot.tiers_of(v_outside) t on t.developer_id = u.id
        left join lead_bot.accounts_of(v_outside) a on a.developer_id = u.id and t.developer_id is null
    ) f
   where c.id = any (p_crossing_ids) and c.fate = 'unknown' and c.developer_id = f.developer_id;
end;
$$;
comment on function lead_bot.note_fates is
  'Records what came of these new crossings, after their leads have entered; and of the newest earlier one of these developers, if it had no alert until now.';
revoke all on function lead_bot.note_fates from public;
