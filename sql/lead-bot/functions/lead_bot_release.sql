create or replace function public.lead_bot_release(p_alert_id uuid, p_user text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_why text;
begin
  perform lead_bot.share_lead_tables();
  select * into v_alert from lead_bot.alerts a where a.id = p_alert_id for no key update;
  if v_alert.status = 'claimed' and v_alert.owner = p_user and v_alert.closed_at is null then
    update lead_bot.alerts a
       set status = 'open', owner = null, claimed_at = null
     where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'released', p_user, null, 'claimed', 'open');
  else
    v_why := case
      when v_alert.id is null then 'not-found'
      when v_alert.closed_at is not null then 'over'
      when v_alert.status = 'contacted' then 'already-contacted'
      else 'not-yours'
    end;
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_release is 'Unclaims an alert. Only its owner can.';
revoke all on function public.lead_bot_release from public, anon, authenticated;
grant execute on function public.lead_bot_release to service_role, lead_bot;
