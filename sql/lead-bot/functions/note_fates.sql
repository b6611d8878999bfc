create or replace function lead_bot.note_fates(p_developer_ids uuid[], p_crossing_ids bigint[], p_mark_ids bigint[])
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_ids bigint[];
  v_developers uuid[];
  v_waiting uuid[];
begin
  -- Those that lead into an alert now, be it that a row was repaired or that a hold is over.
  with cases as materialized (
    select n.id, n.is_new, d.id as developer_id, m.alert_id, m.entered_at >= n.at as entered
      from (select distinct u.id from unnest(p_developer_ids) u (id)) d
     cross join lateral (
       select x.id, x.at, x.fate, x.id = any (p_crossing_ids) as is_new
         from lead_bot.crossings x
        where x.developer_id = d.id
        order by x.at desc, x.id desc
        limit 1
     ) n
      left join lateral (
        select l.alert_id, l.entered_at from lead_bot.alert_leads l where l.active and l.developer_id = d.id limit 1
      ) m on true
     where n.is_new or n.fate = 'waiting'
        or n.fate in ('personal', 'not-shown', 'set-aside', 'brief', 'not-a-fit', 'unknown') and m.entered_at >= n.at
  ),
  entered as (
    update lead_bot.crossings c
       set alert_id = f.alert_id,
           fate = case when f.opened then coalesce(f.shown, 'silent') else coalesce(f.hold, 'joined') end
      from (
        select s.id, s.alert_id,
               -- A snooze that is over, perhaps because of this lead, ends in a moment.
               case when a.hold <> 'snoozed' or a.hold_until > now() then a.hold end as hold,
               exists (
                 select from lead_bot.alert_events e
                  where e.alert_id = s.alert_id and e.kind = 'opened' and e.developer_id = s.developer_id
               ) as opened,
               (
                 select g.kind
                   from (select w.message_id from lead_bot.message_alerts w where w.alert_id = s.alert_id offset 0) l
                  cross join lateral (
                    select i.kind, i.created_at, i.id from lead_bot.messages i where i.id = l.message_id offset 0
                  ) g
                  where g.kind in ('card', 'rollup')
                  order by g.created_at, g.id
                  limit 1
               ) as shown
          from cases s
         cross join lateral (select o.hold, o.hold_until from lead_bot.alerts o where o.id = s.alert_id offset 0) a
         where s.entered
      ) f
     where c.id = f.id
  )
  select array_agg(s.id), array_agg(s.developer_id) into v_ids, v_developers
    from cases s
   where s.entered is not true;

  -- It was hot more than once since the bot last looked. What it is now came of the last time.
  update lead_bot.crossings c
     set fate = 'brief'
   where c.id = any (p_crossing_ids) and c.fate = 'unknown' and c.id <> all (coalesce(v_ids, '{}'))
      or c.fate = 'waiting' and c.developer_id = any (p_developer_ids) and exists (
        select from lead_bot.crossings n where n.developer_id = c.developer_id and n.at > c.at
      );
  if v_ids is null then
    return;
  end if;

  update lead_bot.crossings c
     set alert_id = f.alert_id, fate = f.fate
    from (
      select i.id, m.alert_id,
             case
               when m.alert_id is not null and t.account_key not like 'lead:%' then coalesce(m.hold, 'returned')
               -- The view may leave out personal addresses by itself.
               when case when t.developer_id is not null then t.account_key
                         else (select a.account_key from lead_bot.accounts_of(array[i.developer_id]) a) end like 'lead:%' then 'personal'
               when t.developer_id is null then 'not-shown'
               when t.account_key is null or t.tier = 'hot' then 'set-aside'
               else 'brief'
             end as fate
        from unnest(v_ids, v_developers) i (id, developer_id)
        left join lead_bot.tiers_of(v_developers) t on t.developer_id = i.developer_id
        left join lateral (
          select l.alert_id, case when o.hold <> 'snoozed' or o.hold_until > now() then o.hold end as hold
            from lead_bot.alert_leads l
           cross join lateral (select r.hold, r.hold_until from lead_bot.alerts r where r.id = l.alert_id offset 0) o
           where l.active and l.developer_id = i.developer_id and l.left_at is null
           limit 1
        ) m on true
    ) f
   where c.id = f.id;

  -- Set aside means that a poll has read it. Until then its mark waits.
  v_waiting := array(
    select c.developer_id from lead_bot.crossings c where c.id = any (v_ids) and c.fate = 'set-aside'
  );
  if cardinality(v_waiting) > 0 then
    update lead_bot.crossings c
       set fate = 'waiting'
     where c.id = any (v_ids) and c.fate = 'set-aside' and c.developer_id = any (array(
       select k.developer_id from lead_bot.lead_marks k
        where k.hot and k.developer_id = any (v_waiting) and k.id <> all (p_mark_ids)
     ));
  end if;
end;
$$;
comment on function lead_bot.note_fates is
  'Records what came of these new crossings, once their leads have entered, left and returned; and of the newest earlier one of these developers, if they enter only now. p_mark_ids: the marks that are being settled.';
revoke all on function lead_bot.note_fates from public;
