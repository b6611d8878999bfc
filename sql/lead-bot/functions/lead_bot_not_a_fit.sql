create or replace function public.lead_bot_not_a_fit(
  p_alert_id uuid, p_user text, p_reason text, p_note text, p_quiet_seconds int, p_manager boolean default false
)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_why text;
begin
  perform lead_bot.share_lead_tables();
  select * into v_alert from lead_bot.alerts a where a.id = p_alert_id for no key update;
  v_why := lead_bot.refusal_of(v_alert, p_user, p_manager);
  if v_why is null then
    perform lead_bot.keep_undo(
      v_alert, 'not-a-fit', p_user, lead_bot.add_note(p_alert_id, p_user, 'not-a-fit', p_reason, p_note),
      p_offer_id => lead_bot.end_offer(p_alert_id, 'withdrawn')
    );
    update lead_bot.alerts a
       set hold = 'not-a-fit', hold_by = p_user, held_at = now(), hold_score = a.score, hold_reason = p_reason, offer_due_at = null,
           hold_until = now() + make_interval(secs => p_quiet_seconds)
     where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'not-a-fit', p_user, p_reason, v_alert.status, v_alert.status);
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_not_a_fit is
  'Closes an alert for everyone, with a reason. It stays open in this state, so that its hot leads do not enter again, until p_quiet_seconds are over, its score has risen by 10 points, or somebody new of the company turns hot.';
revoke all on function public.lead_bot_not_a_fit from public, anon, authenticated;
grant execute on function public.lead_bot_not_a_fit to service_role, lead_bot;
