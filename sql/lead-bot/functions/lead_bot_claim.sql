create or replace function public.lead_bot_claim(p_alert_id uuid, p_user text, p_manager boolean default false)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_why text;
begin
  perform lead_bot.share_lead_tables();
  select * into v_alert from lead_bot.alerts a where a.id = p_alert_id for no key update;
  v_why := coalesce(lead_bot.refusal_of(v_alert, p_user, true), case
    when v_alert.status = 'contacted' then 'already-contacted'
    when v_alert.owner = p_user then 'already-yours'
    when v_alert.owner is not null then 'claimed-by-other'
    when not p_manager and exists (
      select from lead_bot.offers o
       where o.alert_id = p_alert_id and o.ended_at is null and o.until > now() and o.holder <> p_user
    ) then 'offered'
    -- A snooze only interrupts first call.
    when not p_manager and v_alert.hold = 'snoozed' and v_alert.offer_due_at is not null and exists (
      select from (
        select * from lead_bot.offers o where o.alert_id = p_alert_id order by o.made_at desc limit 1
      ) o
       where o.ended = 'withdrawn' and o.holder <> p_user
    ) then 'offered'
  end);
  if v_why is null then
    perform lead_bot.keep_undo(v_alert, 'claimed', p_user, p_offer_id => lead_bot.end_offer(p_alert_id, 'claimed'));
    update lead_bot.alerts a
       set status = 'claimed', owner = p_user, claimed_at = now(), hold = null, offer_due_at = null,
           waits_since = now(), keeps = 0
     where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'claimed', p_user, null, 'open', 'claimed');
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_claim is
  'Gives an open alert to an AE, and ends its snooze. Of concurrent claims one wins; the others learn who did.';
revoke all on function public.lead_bot_claim from public, anon, authenticated;
grant execute on function public.lead_bot_claim to service_role, lead_bot;
