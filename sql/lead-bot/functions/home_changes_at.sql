create or replace function lead_bot.home_changes_at(p_user text, p_looked_at timestamptz)
returns timestamptz
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_done record;
begin
  if p_looked_at < now() - interval '1 day' then
    return null;
  end if;
  -- Their newest gesture while it can be undone, and whose its lead is now.
  select u.at, a.owner into v_done
    from lead_bot.undos u
   cross join lateral (select o.owner from lead_bot.alerts o where o.id = u.alert_id offset 0) a
   where u.actor = p_user and u.at > now() - interval '10 minutes'
   order by u.at desc
   limit 1;
  return least(
    -- What was being changed while it was opened didn't know that it had to be drawn again.
    case when p_looked_at > now() - interval '5 seconds' then p_looked_at + interval '5 seconds' end,
    v_done.at + interval '10 minutes',
    (select a.due_at from lead_bot.alerts a
      where a.owner = p_user and a.closed_at is null and a.due_at > now()
      order by a.due_at
      limit 1),
    (select min(t.outcome_until)
       from (
         select a.outcome, a.outcome_until from lead_bot.alerts a
          where a.owner = p_user and a.closed_at is null
          -- In the order of the index of open alerts.
          order by a.due_at
         offset 0
       ) t
      where t.outcome = 'not-now' and t.outcome_until > now()),
    -- Whoever has just been handed a lead is said to be away, too.
    (select min(w.until)
       from (
         select x.until from lead_bot.away x
          where x.person in (p_user, v_done.owner) and x.until > now()
         offset 0
       ) w)
  );
end;
$$;
comment on function lead_bot.home_changes_at is
  'When a Home tab that was drawn now will show something else although nothing happens: what could be undone can''t be any more, a lead is late or to be tried again, or someone is back. Null if it won''t, or nobody is looking at it.';
revoke all on function lead_bot.home_changes_at from public;
