create or replace view lead_bot.deliverable as
select m.id, m.channel, m.rank, m.due_at, m.created_at, m.state, m.shown_version, m.looks, m.next_try_at,
       -- Slack limits updates per workspace.
       m.state = 'posted' and (m.wanted_version > m.shown_version or m.removal is not null) as is_update,
       m.redraw_at,
       case m.kind
         when 'notice' then m.payload ->> 'kind'
         when 'dm' then case when m.payload ->> 'kind' in ('offer', 'hand-over') then 'dm' else m.payload ->> 'kind' end
         when 'card' then case
           -- Older bots would draw a snoozed or offered lead as open to all.
           when exists (
             select from lead_bot.alerts a
              where a.id = m.alert_id and (a.hold is not null or a.handed_at is not null)
           ) or exists (
             select from lead_bot.offers o where o.alert_id = m.alert_id and o.ended_at is null
           ) then 'held-card'
           else 'card'
         end
         else m.kind
       end as sort
  from lead_bot.messages m
  left join lead_bot.messages p on p.id = m.parent_id
 where m.due_at is not null
   -- A reply would be deleted with the second copy it is below, so it waits until it is certain which copy stays.
   and (m.parent_id is null or p.state = 'posted' and p.recheck_at is null or m.removal is not null);
comment on view lead_bot.deliverable is
  'Messages with something to do, now or later, except replies whose parent isn''t ready. sort: the kind; of a reply, the kind of its news; of a direct message, what it is about, but dm for the first two kinds; of a card in a state that older bots don''t know, held-card.';
revoke all on lead_bot.deliverable from public;
