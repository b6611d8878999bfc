create or replace function public.lead_bot_snooze(
  p_alert_id uuid, p_user text, p_until timestamptz, p_manager boolean default false
)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_offer_id uuid;
  v_why text;
begin
  perform lead_bot.share_lead_tables();
  select * into v_alert from lead_bot.alerts a where a.id = p_alert_id for no key update;
  v_why := coalesce(lead_bot.refusal_of(v_alert, p_user, p_manager), case
    when p_until <= now() then 'past'
    when p_until > now() + interval '1 year' then 'too-far'
  end);
  if v_why is null then
    v_offer_id := lead_bot.end_offer(p_alert_id, 'withdrawn');
    perform lead_bot.keep_undo(v_alert, 'snoozed', p_user, p_offer_id => v_offer_id);
    update lead_bot.alerts a
       set hold = 'snoozed', hold_by = p_user, held_at = now(), hold_until = p_until, hold_score = a.score,
           hold_reason = null,
           -- Offered again when it wakes.
           offer_due_at = case when v_offer_id is null then a.offer_due_at else now() end
     where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'snoozed', p_user, null, v_alert.status, v_alert.status);
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_snooze is
  'Puts an alert aside until a time within a year, or until its score has moved by 5 points. Its owner and managers can; anyone while nobody has it.';
revoke all on function public.lead_bot_snooze from public, anon, authenticated;
grant execute on function public.lead_bot_snooze to service_role, lead_bot;
