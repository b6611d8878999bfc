create or replace function lead_bot.settle_marks(p_mark_ids bigint[], p_closed uuid[])
returns jsonb
language plpgsql volatile security definer
-- Table lookups go row by row, by index (`offset 0` keeps it so): plans are cached, and may date from when the tables
-- were empty. Everything joined here is hashed.
set search_path = '' set enable_seqscan = off set enable_mergejoin = off
as $$
declare
  v_ids bigint[];
  v_crossings bigint[];
  v_developers uuid[];
  v_alerts uuid[];
  v_drawn uuid[];
  v_tiers jsonb;
  v_moving uuid[];
  v_moved uuid[] := '{}';
  v_later uuid[] := '{}';
  v_member record;
  v_lines jsonb := '[]';
  v_left int := 0;
  v_returned int := 0;
begin
  -- A lead that came back too late for an alert just closed still has to enter a new one.
  v_ids := array(
    select k.id from lead_bot.lead_marks k
     where k.id = any (p_mark_ids)
       and not (k.hot and exists (
         select from lead_bot.alert_leads m where m.developer_id = k.developer_id and m.alert_id = any (p_closed)
       ))
  );
  if exists (select from lead_bot.lead_marks k where k.id = any (v_ids) and k.developer_id is null) then
    update lead_bot.poll_state p set mass_change_at = clock_timestamp() where p.only_row;
    update lead_bot.sweep_state s set due_at = least(s.due_at, now()) where s.only_row;
  end if;
  v_crossings := lead_bot.note_crossings(v_ids);

  v_developers := array(
    select distinct k.developer_id from lead_bot.lead_marks k where k.id = any (v_ids) and k.developer_id is not null
  );
  v_alerts := array(
    select m.alert_id
      from unnest(v_developers) d (id)
     cross join lateral (
       select l.alert_id from lead_bot.alert_leads l where l.active and l.developer_id = d.id offset 0
     ) m
    union
    -- A card also shows colleagues who aren't hot.
    select a.id
      from lead_bot.accounts_of(v_developers) d
     cross join lateral (
       select o.id from lead_bot.alerts o where o.account_key = d.account_key and o.closed_at is null limit 1
     ) a
  );
  perform from lead_bot.alerts a where a.id = any (v_alerts) order by a.id for no key update;

  v_tiers := (
    select coalesce(jsonb_agg(to_jsonb(t)), '[]')
      from lead_bot.tiers_of(array(
        select m.developer_id
          from unnest(v_developers) d (id)
         cross join lateral (
           select l.developer_id from lead_bot.alert_leads l where l.active and l.developer_id = d.id offset 0
         ) m
      )) t
     where t.account_key is not null
  );
  v_moving := array(
    select distinct a.id
      from jsonb_to_recordset(v_tiers) t (developer_id uuid, account_key text)
     cross join lateral (
       select l.alert_id from lead_bot.alert_leads l where l.active and l.developer_id = t.developer_id offset 0
     ) m
     cross join lateral (
       select o.id, o.account_key, o.closed_at from lead_bot.alerts o where o.id = m.alert_id offset 0
     ) a
     where a.closed_at is null and a.account_key <> t.account_key
     order by 1
  );
  if cardinality(v_moving) > 0 then
    v_moved := lead_bot.settle_accounts(v_moving[1:50], v_developers);
    v_alerts := v_alerts || v_moved;
    -- The rest stays for the next step: its marks are kept.
    v_later := array(
      select d.id
        from unnest(v_developers) d (id)
       cross join lateral (
         select l.alert_id from lead_bot.alert_leads l where l.active and l.developer_id = d.id offset 0
       ) l
       where l.alert_id = any (v_moving[51:])
    );
  end if;

  for v_member in
    with members as materialized (
      select m.alert_id, m.developer_id, m.left_at, m.missing_since, m.score
        from unnest(v_developers) d (id)
       cross join lateral (
         select * from lead_bot.alert_leads l where l.active and l.developer_id = d.id offset 0
       ) m
    ),
    tiers as materialized (
      select t.developer_id, t.score, t.account_key like 'lead:%' as has_no_company,
             t.tier = 'hot' and t.account_key not like 'lead:%' as is_hot
        from jsonb_to_recordset(v_tiers) t (developer_id uuid, account_key text, tier text, score int)
    )
    select m.alert_id, m.developer_id, coalesce(t.score, m.score) as score, a.status,
           m.left_at is null and coalesce(not t.is_hot, m.missing_since <= now() - interval '50 seconds', false) as leaves,
           m.left_at is not null and coalesce(t.is_hot, false) as returns,
           coalesce(t.has_no_company, false) as has_no_company
      from members m
     cross join lateral (
       select o.status, o.closed_at from lead_bot.alerts o where o.id = m.alert_id offset 0
     ) a
      left join tiers t on t.developer_id = m.developer_id
     where a.closed_at is null
       and ((m.left_at is null) <> coalesce(t.is_hot, false) or coalesce(t.score, m.score) is distinct from m.score)
     order by m.alert_id, m.developer_id
  loop
    update lead_bot.alert_leads m
       set score = v_member.score,
           left_at = case when v_member.leaves then now() when not v_member.returns then m.left_at end,
           missing_since = case when not v_member.leaves and not v_member.returns then m.missing_since end
     where m.alert_id = v_member.alert_id and m.developer_id = v_member.developer_id;
    if v_member.leaves or v_member.returns then
      v_lines := v_lines || jsonb_build_object(
        'alert_id', v_member.alert_id, 'developer_id', v_member.developer_id, 'status', v_member.status,
        'kind', case when v_member.returns then 'returned' when v_member.has_no_company then 'moved' else 'left' end
      );
      v_left := v_left + v_member.leaves::int;
      v_returned := v_returned + v_member.returns::int;
    end if;
  end loop;
  perform lead_bot.note_standing(v_alerts);
  perform lead_bot.log_lead_event(l.alert_id, l.kind, l.developer_id, l.status, l.status)
     from jsonb_to_recordset(v_lines) l (alert_id uuid, kind text, developer_id uuid, status text);
  perform lead_bot.note_fates(
    array(select k.developer_id from lead_bot.lead_marks k where k.id = any (v_ids) and k.hot and k.developer_id is not null),
    v_crossings, v_ids
  );

  delete from lead_bot.lead_marks k
   where k.id = any (v_ids) and coalesce(k.developer_id <> all (v_later), true);
  -- Alerts opened by this poll are drawn for the first time anyway.
  v_drawn := array(select a.id from lead_bot.alerts a where a.id = any (v_alerts) and (a.opened_at < now() or a.id = any (v_moved)));
  return jsonb_build_object(
    'left', v_left, 'returned', v_returned, 'drawn', to_jsonb(v_drawn), 'settled', cardinality(v_ids),
    'later', cardinality(v_later)
  );
end;
$$;
comment on function lead_bot.settle_marks is
  'Applies these marks to leads in open alerts (who left, came back or changed company, new figures), records crossings and what came of them, and deletes the marks. p_closed: alerts this poll has closed. drawn: alerts to redraw. later: leads whose marks stay, because more than 50 alerts change their account.';
revoke all on function lead_bot.settle_marks from public;
