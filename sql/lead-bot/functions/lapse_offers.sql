create or replace function lead_bot.lapse_offers(p_limit int)
returns uuid[]
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_due uuid[] := array(
    select o.alert_id from lead_bot.offers o where o.ended_at is null and o.until <= now() order by o.until limit p_limit
  );
  v_offer record;
begin
  if v_due = '{}' then
    return '{}';
  end if;
  perform from lead_bot.alerts a where a.id = any (v_due) order by a.id for no key update;
  for v_offer in
    update lead_bot.offers o
       set ended_at = clock_timestamp(), ended = 'lapsed'
     where o.alert_id = any (v_due) and o.ended_at is null and o.until <= now()
    returning o.alert_id, o.holder
  loop
    perform lead_bot.log_event(v_offer.alert_id, 'lapsed', null, null, 'open', 'open', v_offer.holder);
  end loop;
  return v_due;
end;
$$;
comment on function lead_bot.lapse_offers is
  'Opens up to p_limit alerts to everyone whose first call is over; returns their ids.';
revoke all on function lead_bot.lapse_offers from public;
