create or replace function lead_bot.touch_alerts(p_alert_ids uuid[], p_urgent boolean, p_opened boolean default false)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  -- Home tabs list what anyone may claim, so that any change may show in each of them.
  v_homes uuid[] := array(
    select m.id from lead_bot.messages m
     where m.looked_at > now() - interval '1 day' and (p_opened or p_alert_ids <> '{}')
     order by m.looked_at desc
     limit 1000
  ) || array(
    -- Whoever has just pressed a button may have done so there, in a tab that is open since yesterday.
    select h.id
      from unnest(p_alert_ids[:20]) i (id)
     cross join lateral (
       select v.actor, v.at from lead_bot.alert_events v where v.alert_id = i.id order by v.id desc limit 1
     ) e
     cross join lateral (
       select m.id from lead_bot.messages m
        where m.dedupe_key = 'home:' || e.actor and m.looked_at > now() - interval '7 days'
       offset 0
     ) h
     where p_urgent and e.at > now() - interval '1 minute'
  );
  v_concerned text[] := '{}';
begin
  if v_homes <> '{}' then
    v_concerned := array(select lead_bot.concerned_by(p_alert_ids));
  end if;
  -- One lock order everywhere prevents deadlocks: first alerts, then all messages showing them, in one statement and
  -- in id order. Call this once per transaction, last.
  with shown as (
    select m.id, h.at as home_at, h.urgent,
           -- A Home tab that nobody is drawing, and that will be drawn in time, is only locked: it can't be taken before
           -- this transaction ends, and will show what it did.
           m.kind <> 'home' or m.lease_token is not null or m.wanted_version = m.shown_version
             or h.urgent and not m.urgent or m.last_error is null and m.next_try_at > h.at as is_stale
      from lead_bot.messages m
      left join lateral (
        select n.urgent,
               -- Changes that come together are one. Whoever has pressed a button waits for the next drawing.
               case
                 when n.urgent then greatest(now(), m.posted_at + interval '0.5 seconds')
                 when n.concerned or p_urgent then now() + interval '10 seconds'
                 else now() + interval '1 minute'
               end as at
          from (select m.slack_channel = any (v_concerned) as concerned, p_urgent and m.slack_channel = any (v_concerned) as urgent) n
      ) h on m.kind = 'home'
     where m.state not in ('gone', 'dead')
       -- Only the newest digest is kept current: there is one more every day.
       and (m.kind <> 'digest' or not exists (
         select from lead_bot.messages n
          where n.kind = 'digest' and n.channel = m.channel and n.created_at > m.created_at
       ))
       -- So is a direct list, until the next morning.
       and (m.kind <> 'dm' or m.alert_id is not null or coalesce(m.posted_at, now()) > now() - interval '18 hours')
       and m.id = any (v_homes || array(
         select distinct s.message_id
           from unnest(p_alert_ids) a (id)
          cross join lateral (
            select r.message_id from lead_bot.message_alerts r where r.alert_id = a.id offset 0
          ) s
       ))
     order by m.id
       for no key update of m
  )
  update lead_bot.messages m
     set wanted_version = m.wanted_version + 1,
         urgent = m.urgent or coalesce(shown.urgent, p_urgent),
         -- A user is looking at it: send it even if nothing seems to have changed, and with blocks again.
         shown_hash = case when not p_urgent or m.kind = 'home' then m.shown_hash end,
         plain = m.plain and (not p_urgent or m.kind = 'home'),
         next_try_at = case
           when m.kind = 'home' then case
             -- What Slack refused is tried again when that says.
             when m.last_error is not null and m.wanted_version > m.shown_version then m.next_try_at
             when m.wanted_version = m.shown_version
               or m.lease_token is not null and not m.urgent and m.next_try_at <= now() then shown.home_at
             else least(m.next_try_at, shown.home_at)
           end
           -- Each redraw of a digest counts all that waits. Changes that come together are one, and cards go first.
           when m.kind <> 'digest' or m.state <> 'posted' or m.attempts > 0 then m.next_try_at
           when m.wanted_version = m.shown_version
             then now() + case when p_urgent then interval '1 second' else interval '10 seconds' end
           when p_urgent then least(m.next_try_at, now() + interval '1 second')
           else m.next_try_at
         end
    from shown
   where shown.is_stale and m.id = shown.id;
end;
$$;
comment on function lead_bot.touch_alerts is
  'Has every message showing one of these alerts redrawn; urgent if a user is waiting. Of the Home tabs that were looked at within a day, those of the people concerned soon, the others a while later; also an older one of whoever has just pressed a button. p_opened: there are new alerts, whose own messages are yet to be drawn.';
revoke all on function lead_bot.touch_alerts from public;
