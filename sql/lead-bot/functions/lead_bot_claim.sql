create or replace function public.lead_bot_claim(p_alert_id uuid, p_user text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_why text;
begin
  perform lead_bot.share_lead_tables();
  select * into v_alert from lead_bot.alerts a where a.id = p_alert_id for no key update;
  if v_alert.status = 'open' and v_alert.closed_at is null then
    update lead_bot.alerts a
       set status = 'claimed', owner = p_user, claimed_at = now()
     where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'claimed', p_user, null, 'open', 'claimed');
  else
    v_why := case
      when v_alert.id is null then 'not-found'
      when v_alert.closed_at is not null then 'over'
      when v_alert.status = 'contacted' then 'already-contacted'
      when v_alert.owner = p_user then 'already-yours'
      else 'claimed-by-other'
    end;
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_claim is
  'Gives an open alert to an AE. Of concurrent claims one wins; the others learn who did.';
revoke all on function public.lead_bot_claim from public, anon, authenticated;
grant execute on function public.lead_bot_claim to service_role, lead_bot;
