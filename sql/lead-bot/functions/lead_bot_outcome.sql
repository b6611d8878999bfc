create or replace function public.lead_bot_outcome(
  p_alert_id uuid, p_user text, p_outcome text, p_until timestamptz, p_note text, p_manager boolean default false
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
  v_why := case
    when v_alert.id is null then 'not-found'
    when v_alert.status <> 'contacted' and v_alert.closed_at is not null then 'over'
    when v_alert.owner is null or v_alert.owner <> p_user and not p_manager then 'not-yours'
    when v_alert.status <> 'contacted' then 'not-contacted'
    when p_until <= now() then 'past'
  end;
  if v_why is null then
    perform lead_bot.keep_undo(
      v_alert, 'outcome', p_user, lead_bot.add_note(p_alert_id, p_user, 'outcome', p_outcome, p_note)
    );
    update lead_bot.alerts a
       set outcome = p_outcome, outcome_at = now(),
           outcome_until = case when p_outcome = 'not-now' then p_until end
     where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'outcome', p_user, p_outcome, v_alert.status, v_alert.status);
  end if;
  perform lead_bot.touch_alerts(lead_bot.shown_with(p_alert_id), true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_outcome is
  'Records what came of reaching out, also after the alert has closed; a later outcome replaces it. p_until: of not-now, when to try again.';
revoke all on function public.lead_bot_outcome from public, anon, authenticated;
grant execute on function public.lead_bot_outcome to service_role, lead_bot;
