create or replace function lead_bot.free_alerts()
returns uuid[]
language plpgsql stable security definer
-- Its caller may do without hash joins, which are what compares two long lists.
set search_path = '' set enable_seqscan = off set enable_hashjoin = on set enable_nestloop = off set enable_mergejoin = off
as $$
declare
  v_unclaimed uuid[] := array(
    select a.id
      from lead_bot.alerts a
     where a.closed_at is null and a.status = 'open' and a.hold is null and a.cooling_since is null
     order by a.score desc nulls last, a.opened_at, a.id
  );
  v_offered uuid[] := array(
    select o.alert_id from lead_bot.offers o where o.ended_at is null order by o.until
  );
begin
  return array(
    select u.id
      from unnest(v_unclaimed) with ordinality u (id, place)
     where not exists (select from unnest(v_offered) o (id) where o.id = u.id)
     order by u.place
  );
end;
$$;
comment on function lead_bot.free_alerts is
  'The hot alerts that anyone may claim now, best score first.';
revoke all on function lead_bot.free_alerts from public;
