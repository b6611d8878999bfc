create or replace function public.lead_bot_offers_due(p_limit int)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
declare
  v_ids uuid[] := array(
    select a.id from lead_bot.alerts a
     where a.offer_due_at <= now() and a.closed_at is null and a.status = 'open' and a.hold is null
     order by a.offer_due_at, a.id
     limit least(p_limit, 50)
  );
begin
  if v_ids <> '{}' then
    perform lead_bot.share_lead_tables();
  end if;
  return jsonb_build_object('now', now(), 'offers', (
    select coalesce(jsonb_agg(jsonb_build_object(
             'picture', p.picture,
             'passed', coalesce((
               select jsonb_agg(distinct o.holder) from lead_bot.offers o where o.alert_id = p.alert_id
             ), '[]')
           ) order by d.place), '[]')
      from lead_bot.alerts_json(v_ids, true, false) p
      join unnest(v_ids) with ordinality d (id, place) on d.id = p.alert_id
  ));
end;
$$;
comment on function public.lead_bot_offers_due is
  'Alerts for which someone is to be chosen now, up to p_limit (at most 50), with those who had first call on them already, and the time by this clock.';
revoke all on function public.lead_bot_offers_due from public, anon, authenticated;
grant execute on function public.lead_bot_offers_due to service_role, lead_bot;
