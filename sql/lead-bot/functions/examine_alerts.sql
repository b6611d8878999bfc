create or replace function lead_bot.examine_alerts(p_limit int)
returns uuid[]
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_mass_change_at timestamptz := (select p.mass_change_at from lead_bot.poll_state p);
  v_alerts uuid[];
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
  update lead_bot.alert_leads m
     set score = t.score
    from lead_bot.tiers_of(array(
           select x.developer_id from lead_bot.alert_leads x where x.alert_id = any (v_alerts) limit 1000
         )) t
   where m.alert_id = any (v_alerts) and m.developer_id = t.developer_id and t.account_key is not null and m.score is distinct from t.score;
  perform lead_bot.note_standing(v_alerts);
  update lead_bot.alerts a
     set examined_at = clock_timestamp(),
         -- 45 to 75 minutes, by id: what was examined together is not due together again.
         redraw_due_at = clock_timestamp()
           + make_interval(secs => 2700 + ('x' || left(a.id::text, 4))::bit(16)::int / 65536.0 * 1800)
   where a.id = any (v_alerts);
  return v_alerts;
end;
$$;
comment on function lead_bot.examine_alerts is
  'Names up to p_limit open alerts that are to be drawn again, and notes it: after a mass change all of them in turn, and each about once an hour, because signals, people and enrichment come without a score.';
revoke all on function lead_bot.examine_alerts from public;
