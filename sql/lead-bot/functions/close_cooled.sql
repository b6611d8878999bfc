create or replace function lead_bot.close_cooled(p_rearm_seconds int, p_limit int)
returns uuid[]
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_rearm interval := make_interval(secs => p_rearm_seconds);
  v_hot_again uuid[];
  v_alert lead_bot.alerts;
  v_status text;
  v_closed uuid[] := '{}';
begin
  if not exists (
    select from lead_bot.alerts a
     where a.closed_at is null and a.cooling_since <= now() - v_rearm
       and a.status <> 'claimed' and a.hold is distinct from 'not-a-fit' and not lead_bot.can_be_undone(a.id)
  ) then
    return '{}';
  end if;
  -- A lead that came back in time while no bot polled, or a hot colleague about to enter: the marks tell, and the
  -- alert stays open.
  v_hot_again := array(
    select a.id
      from (select k.developer_id, min(k.at) as at from lead_bot.lead_marks k where k.hot group by 1) k
     cross join lateral (
       select m.alert_id as id from lead_bot.alert_leads m where m.active and m.developer_id = k.developer_id
       union
       select o.id
         from lead_bot.accounts_of(array[k.developer_id]) c
        cross join lateral (
          select p.id from lead_bot.alerts p where p.account_key = c.account_key and p.closed_at is null limit 1
        ) o
     ) r
     cross join lateral (select o.id, o.cooling_since from lead_bot.alerts o where o.id = r.id offset 0) a
     where a.cooling_since <= now() - v_rearm and k.at < a.cooling_since + v_rearm
       and exists (select from lead_bot.tiers_of(array[k.developer_id]) t where t.tier = 'hot')
  );
  for v_alert in
    select * from lead_bot.alerts a
     where a.closed_at is null and a.cooling_since <= now() - v_rearm
       and a.status <> 'claimed' and a.hold is distinct from 'not-a-fit' and a.id <> all (v_hot_again)
       and not lead_bot.can_be_undone(a.id)
     order by a.cooling_since, a.id
     limit p_limit
       for no key update
  loop
    v_status := case when v_alert.status = 'contacted' then 'contacted' else 'cooled' end;
    -- The clock, not now(): a digest made while this transaction waits counts from its own time.
    update lead_bot.alerts a set closed_at = clock_timestamp(), status = v_status where a.id = v_alert.id;
    perform lead_bot.end_offer(v_alert.id, 'withdrawn');
    update lead_bot.alert_leads m set active = false where m.alert_id = v_alert.id;
    perform lead_bot.give_up_unsent(v_alert.id, 'cooled before it could be posted');
    perform lead_bot.log_event(v_alert.id, 'cooled', null, null, v_alert.status, v_status);
    v_closed := v_closed || v_alert.id;
  end loop;
  return v_closed;
end;
$$;
comment on function lead_bot.close_cooled is
  'Closes up to p_limit alerts whose account has been out of hot for the re-arm time, unless one of its leads came back in time; returns their ids. A claimed one stays with its owner, one that is not a fit stays as it is, and one with a fresh gesture waits until it can no longer be undone.';
revoke all on function lead_bot.close_cooled from public;
