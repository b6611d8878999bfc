-- What came of each lead that turned hot, so that the bot can account for every one of them.

alter table lead_bot.crossings
  add column fate text not null default 'unknown' check (
    fate in ('card', 'rollup', 'silent', 'joined', 'returned', 'not-a-fit', 'snoozed', 'merged',
             'personal', 'not-shown', 'set-aside', 'brief', 'waiting', 'unknown')
  ),
  add column alert_id uuid;
comment on column lead_bot.crossings.fate is
  'What came of it. card, rollup, silent: it opened an alert, shown so · joined: a colleague''s alert · returned: to its own · not-a-fit, snoozed: its alert was on hold · merged: it opened an alert that became part of another one before anybody saw it · personal: no company is known · not-shown: not in lead_dashboard · set-aside: its row can''t be used · brief: no longer hot when the bot looked · waiting: the next poll decides · unknown: from before this was noted.';
comment on column lead_bot.crossings.alert_id is
  'The alert it opened, joined or returned to; null without one. No foreign key: an alert goes by age, earlier than this.';
create index crossings_by_alert on lead_bot.crossings (alert_id) where alert_id is not null;
create index crossings_waiting on lead_bot.crossings (developer_id) where fate = 'waiting';

-- Of older ones, only what is certain: the lead entered an alert after this crossing and before the next one. Not of all
-- in a big database: a dashboard stops after a minute.
update lead_bot.crossings c
   set fate = f.fate, alert_id = f.alert_id
  from (
    select distinct on (x.id) x.id, e.alert_id,
           case e.kind when 'joined' then 'joined' else coalesce(s.shown, 'unknown') end as fate
      from (
        select l.alert_id, l.developer_id, l.entered_at from lead_bot.alert_leads l order by l.entered_at desc limit 100000
      ) m
     cross join lateral (
       select v.alert_id, v.kind from lead_bot.alert_events v
        where v.alert_id = m.alert_id and v.developer_id = m.developer_id and v.kind in ('opened', 'joined')
        order by v.id
        limit 1
     ) e
     cross join lateral (
       select n.id, n.at from lead_bot.crossings n
        where n.developer_id = m.developer_id and n.at <= m.entered_at
        order by n.at desc, n.id desc
        limit 1
     ) x
      left join lateral (
        select case g.kind when 'rollup' then 'rollup' else 'card' end as shown
          from lead_bot.message_alerts l
          join lead_bot.messages g on g.id = l.message_id
         where l.alert_id = m.alert_id and g.kind in ('card', 'rollup')
         order by g.created_at, g.id
         limit 1
      ) s on true
     order by x.id, m.entered_at
  ) f
 where c.id = f.id and f.fate <> 'unknown';

-- It returns something now.
drop function if exists lead_bot.note_crossings(bigint[]);
