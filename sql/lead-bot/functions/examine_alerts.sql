create or replace function lead_bot.examine_alerts(p_limit int)
returns uuid[]
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_mass_change_at timestamptz := (select p.mass_change_at from lead_bot.poll_state p);
  v_alerts uuid[];
  v_tiers jsonb;
  v_moving uuid[];
begin
  v_alerts := array(
    select d.id
      from (
        (select a.id from lead_bot.alerts a
          where a.closed_at is null and a.examined_at < v_mass_change_at
          order by a.examined_at
          limit p_limit)
        union
        (select a.id from lead_bot.alerts a
          where a.closed_at is null and a.redraw_due_at <= now()
          order by a.redraw_due_at
          limit p_limit)
      ) d
     limit p_limit
  );
  if cardinality(v_alerts) = 0 then
    return '{}';
  end if;
  perform from lead_bot.alerts a where a.id = any (v_alerts) order by a.id for no key update;
  v_tiers := (
    select coalesce(jsonb_agg(to_jsonb(t)), '[]')
      from lead_bot.tiers_of(array(
        select x.developer_id from lead_bot.alert_leads x where x.alert_id = any (v_alerts) and x.active limit 1000
      )) t
     where t.account_key is not null
  );
  update lead_bot.alert_leads m
     set score = t.score
    from jsonb_to_recordset(v_tiers) t (developer_id uuid, score int)
   where m.alert_id = any (v_alerts) and m.developer_id = t.developer_id and m.score is distinct from t.score;
  -- Domains change without a new score, and an older version stored them unnormalized.
  v_moving := array(
    select a.id from lead_bot.alerts a
     where a.id = any (v_alerts) and a.account_key not like 'lead:%'
       and (lead_bot.normal_domain(a.account_key) is distinct from a.account_key
            or lead_bot.is_mail_provider(a.account_key))
    union
    select a.id
      from jsonb_to_recordset(v_tiers) t (developer_id uuid, account_key text)
     cross join lateral (
       select l.alert_id from lead_bot.alert_leads l
        where l.active and l.developer_id = t.developer_id and l.alert_id = any (v_alerts)
       offset 0
     ) m
     cross join lateral (select o.id, o.account_key from lead_bot.alerts o where o.id = m.alert_id offset 0) a
     where t.account_key <> a.account_key
  );
  if cardinality(v_moving) > 0 then
    v_alerts := v_alerts || lead_bot.settle_accounts(v_moving, array(
      select t.developer_id from jsonb_to_recordset(v_tiers) t (developer_id uuid)
    ));
    v_alerts := array(select distinct v.id from unnest(v_alerts) v (id));
  end if;
  perform lead_bot.note_standing(v_alerts);
  perform lead_bot.note_news(v_alerts);
  update lead_bot.alerts a
     set examined_at = clock_timestamp(),
         -- 45 to 75 minutes, depending on the id, so that alerts examined together aren't due together again.
         redraw_due_at = clock_timestamp()
           + make_interval(secs => 2700 + ('x' || left(a.id::text, 4))::bit(16)::int / 65536.0 * 1800)
   where a.id = any (v_alerts);
  return v_alerts;
end;
$$;
comment on function lead_bot.examine_alerts is
  'Picks up to p_limit open alerts to redraw, and notes that it did: after a mass change all of them in turn, otherwise each about once an hour, because signals, people, enrichment and domains change without a new score.';
revoke all on function lead_bot.examine_alerts from public;
