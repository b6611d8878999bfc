create or replace function lead_bot.concerned_by(p_alert_ids uuid[])
returns setof text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
    select a.owner
      from unnest(p_alert_ids) i (id)
     cross join lateral (select o.owner from lead_bot.alerts o where o.id = i.id offset 0) a
     where a.owner is not null
    union
    select o.holder
      from unnest(p_alert_ids) i (id)
     cross join lateral (
       select r.holder from lead_bot.offers r where r.alert_id = i.id and r.ended_at is null offset 0
     ) o
    union
    select p.id
      -- So many only change at once when nobody did it.
      from unnest(p_alert_ids[:20]) i (id)
     cross join lateral (
       select e.actor, e.target, e.at from lead_bot.alert_events e where e.alert_id = i.id order by e.id desc limit 10
     ) e
     cross join lateral unnest(array[e.actor, e.target]) p (id)
     where e.at > now() - interval '1 minute' and p.id is not null;
end;
$$;
comment on function lead_bot.concerned_by is
  'The AEs who have these alerts or first call on them, and who did something with them in the last minute or had it done to them.';
revoke all on function lead_bot.concerned_by from public;
