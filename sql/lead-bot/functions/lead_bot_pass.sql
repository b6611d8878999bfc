create or replace function public.lead_bot_pass(p_alert_id uuid, p_user text)
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
    when not exists (
      select from lead_bot.offers o where o.alert_id = p_alert_id and o.ended_at is null and o.holder = p_user
    ) then 'not-offered'
  end);
  if v_why is null then
    perform lead_bot.keep_undo(v_alert, 'passed', p_user, p_offer_id => lead_bot.end_offer(p_alert_id, 'passed'));
    update lead_bot.alerts a set offer_due_at = now() where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'passed', p_user, null, 'open', 'open');
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_pass is
  'Ends the first call of the one who has it, so that the next is chosen.';
revoke all on function public.lead_bot_pass from public, anon, authenticated;
grant execute on function public.lead_bot_pass to service_role, lead_bot;
