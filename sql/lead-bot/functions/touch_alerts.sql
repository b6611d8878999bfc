create or replace function lead_bot.touch_alerts(p_alert_ids uuid[], p_urgent boolean)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  -- One lock order everywhere prevents deadlocks: first alerts, then all messages showing them, in one statement and
  -- in id order. Call this once per transaction, last.
  with shown as (
    select m.id
      from lead_bot.messages m
     where m.state not in ('gone', 'dead')
       -- Only the newest digest is kept current: there is one more every day.
       and (m.kind <> 'digest' or not exists (
         select from lead_bot.messages n
          where n.kind = 'digest' and n.channel = m.channel and n.created_at > m.created_at
       ))
       -- So is a direct list, until the next morning.
       and (m.kind <> 'dm' or m.alert_id is not null or coalesce(m.posted_at, now()) > now() - interval '18 hours')
       and m.id = any (array(
         select distinct s.message_id
           from unnest(p_alert_ids) a (id)
          cross join lateral (
            select r.message_id from lead_bot.message_alerts r where r.alert_id = a.id offset 0
          ) s
       ))
     order by m.id
       for no key update
  )
  update lead_bot.messages m
     set wanted_version = m.wanted_version + 1,
         urgent = m.urgent or p_urgent,
         -- A user is looking at it: send it even if nothing seems to have changed, and with blocks again.
         shown_hash = case when not p_urgent then m.shown_hash end,
         plain = m.plain and not p_urgent,
         -- Each redraw of a digest counts all that waits. Changes that come together are one, and cards go first.
         next_try_at = case
           when m.kind <> 'digest' or m.state <> 'posted' or m.attempts > 0 then m.next_try_at
           when m.wanted_version = m.shown_version
             then now() + case when p_urgent then interval '1 second' else interval '10 seconds' end
           when p_urgent then least(m.next_try_at, now() + interval '1 second')
           else m.next_try_at
         end
    from shown
   where m.id = shown.id;
end;
$$;
comment on function lead_bot.touch_alerts is
  'Has every message showing one of these alerts redrawn; urgent if a user is waiting.';
revoke all on function lead_bot.touch_alerts from public;
