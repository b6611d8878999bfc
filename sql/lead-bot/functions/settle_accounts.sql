create or replace function lead_bot.settle_accounts(p_alert_ids uuid[], p_developer_ids uuid[])
returns uuid[]
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_ids uuid[] := p_alert_ids;
  v_occupants uuid[];
  v_wanted jsonb;
  v_alert record;
  v_other uuid;
  v_moved uuid;
  v_changed uuid[] := '{}';
begin
  perform from lead_bot.alerts a where a.id = any (v_ids) order by a.id for no key update;
  -- The alert that already has the target account may be about to move itself.
  for v_round in 1 .. 5 loop
    v_wanted := (
      select coalesce(jsonb_agg(to_jsonb(m)), '[]') from lead_bot.accounts_meant(v_ids, p_developer_ids) m
    );
    v_occupants := array(
      select a.id
        from (
          select distinct m.value ->> 'target' as key from jsonb_array_elements(v_wanted) m
           where m.value ->> 'target' <> m.value ->> 'account_key'
        ) t
       cross join lateral (
         select o.id from lead_bot.alerts o where o.account_key = t.key and o.closed_at is null limit 1
       ) a
       where a.id <> all (v_ids)
    );
    exit when cardinality(v_occupants) = 0;
    perform from lead_bot.alerts a where a.id = any (v_occupants) order by a.id for no key update;
    v_ids := v_ids || v_occupants;
  end loop;

  -- Single leads that belong elsewhere leave, and enter there like any other.
  for v_alert in
    select m.alert_id, a.status, l.id as developer_id, l.is_hot
      from jsonb_to_recordset(v_wanted)
             m (alert_id uuid, target text, developer_ids uuid[], developer_keys text[], hot boolean[])
     cross join lateral (select o.status from lead_bot.alerts o where o.id = m.alert_id offset 0) a
     cross join lateral unnest(m.developer_ids, m.developer_keys, m.hot) l (id, key, is_hot)
     where l.key <> m.target
     order by 1, 3
  loop
    delete from lead_bot.alert_leads l where l.alert_id = v_alert.alert_id and l.developer_id = v_alert.developer_id;
    perform lead_bot.log_lead_event(v_alert.alert_id, 'moved', v_alert.developer_id, v_alert.status, v_alert.status);
    insert into lead_bot.lead_marks (developer_id, hot) values (v_alert.developer_id, v_alert.is_hot);
    v_changed := v_changed || v_alert.alert_id;
  end loop;

  -- First make room for all moves, so that none finds its account taken by another one that moves.
  update lead_bot.alerts a
     set account_key = 'moving:' || a.id
   where a.id = any (array(
     select m.alert_id from jsonb_to_recordset(v_wanted) m (alert_id uuid, account_key text, target text)
      where m.target <> m.account_key
   ));
  for v_alert in
    select m.alert_id, m.account_key, m.target, a.status
      from jsonb_to_recordset(v_wanted) m (alert_id uuid, account_key text, target text)
     cross join lateral (
       select o.id, o.status, o.opened_at from lead_bot.alerts o where o.id = m.alert_id offset 0
     ) a
     where m.target <> m.account_key
     order by a.opened_at, a.id
  loop
    v_moved := v_alert.alert_id;
    v_changed := v_changed || v_moved;
    -- Another spelling of the same domain is no news.
    if lead_bot.normal_domain(v_alert.account_key) is distinct from v_alert.target then
      perform lead_bot.log_event(v_moved, 'moved', null, 'domain', v_alert.status, v_alert.status);
    end if;
    select o.id into v_other from lead_bot.alerts o where o.account_key = v_alert.target and o.closed_at is null;
    if found then
      perform lead_bot.merge_alerts(v_moved, v_other, v_alert.target);
      v_changed := v_changed || v_other;
    else
      update lead_bot.alerts a set account_key = v_alert.target where a.id = v_moved;
    end if;
  end loop;
  return array(
    select c.id from unnest(v_changed) c (id)
    union
    select a.id from lead_bot.alerts a where a.merged_into = any (v_changed)
  );
end;
$$;
comment on function lead_bot.settle_accounts is
  'Gives open alerts the account that their leads have now, and merges two that turn out to be one company. p_developer_ids: leads known to have moved. Returns the changed alerts.';
revoke all on function lead_bot.settle_accounts from public;
