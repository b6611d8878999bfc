create or replace function public.lead_bot_offer(
  p_alert_id uuid, p_holder text, p_source text, p_until timestamptz, p_instead_of text default null
)
returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
begin
  perform lead_bot.share_lead_tables();
  select * into v_alert
    from lead_bot.alerts a
   where a.id = p_alert_id and a.closed_at is null and a.status = 'open' and a.hold is null
     and a.offer_due_at is not null
     for no key update;
  -- The caller may not know yet that they have just passed.
  if not found or p_until <= now() or exists (
    select from lead_bot.offers o
     where o.alert_id = p_alert_id and o.holder = p_holder and o.ended is distinct from 'withdrawn'
  ) then
    return false;
  end if;
  insert into lead_bot.offers (alert_id, holder, source, until, instead_of)
  values (p_alert_id, p_holder, p_source, p_until, p_instead_of)
  on conflict (alert_id) where ended_at is null do nothing;
  if not found then
    return false;
  end if;
  update lead_bot.alerts a set offer_due_at = null where a.id = p_alert_id;
  perform lead_bot.log_event(
    p_alert_id, 'offered', null, case when p_instead_of is null then p_source else 'cover' end, 'open', 'open', p_holder
  );
  if lead_bot.directs_today(p_holder) >= 3 then
    perform lead_bot.want_reply(p_alert_id, 'offered', jsonb_build_object('to', p_holder, 'until', p_until));
  else
    perform lead_bot.want_dm(p_alert_id, 'offer', p_holder);
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], false);
  return true;
end;
$$;
comment on function public.lead_bot_offer is
  'Gives an AE first call on an open alert until a time, for themselves or as the cover of p_instead_of, who is away, and tells them by direct message, or in the thread if they have had many today. False when it is no longer to be offered, another bot has just done so, or they have had it already.';
revoke all on function public.lead_bot_offer from public, anon, authenticated;
grant execute on function public.lead_bot_offer to service_role, lead_bot;
