create or replace function public.lead_bot_offers_due(p_limit int)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_ids uuid[] := array(
    select a.id from lead_bot.alerts a
     where a.offer_due_at <= now() and a.closed_at is null and a.status = 'open' and a.hold is null
     order by a.offer_due_at
     limit least(p_limit, 50)
  );
begin
  if v_ids <> '{}' then
    perform lead_bot.share_lead_tables();
  end if;
  return jsonb_build_object('now', now(), 'offers', (
    select coalesce(jsonb_agg(jsonb_build_object(
             'alert_id', i.id,
             -- As on the card: of the lead that opened the alert.
             'owner_email', (
               select v.owner_email
                 from (
                   select m.developer_id
                     from lead_bot.alert_leads m
                    where m.alert_id = i.id
                    order by m.entered_at, m.developer_id
                    limit 1
                 ) opener
                cross join lateral lead_bot.appended_values(opener.developer_id) v
             ),
             'had', coalesce((
               select jsonb_agg(distinct o.holder)
                 from lead_bot.offers o
                where o.alert_id = i.id and o.ended is distinct from 'withdrawn'
             ), '[]')
           ) order by i.place), '[]')
      from unnest(v_ids) with ordinality i (id, place)
  ));
end;
$$;
comment on function public.lead_bot_offers_due is
  'Alerts for which someone is to be chosen now, up to p_limit (at most 50), with their owner and those who had first call on them already; and the time by this clock.';
revoke all on function public.lead_bot_offers_due from public, anon, authenticated;
grant execute on function public.lead_bot_offers_due to service_role, lead_bot;
