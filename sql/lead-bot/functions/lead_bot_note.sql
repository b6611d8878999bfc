create or replace function public.lead_bot_note(p_alert_id uuid, p_user text, p_note text)
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
    when v_alert.scrubbed_at is not null then 'over'
  end;
  if v_why is null then
    perform lead_bot.add_note(p_alert_id, p_user, 'note', null, p_note);
    perform lead_bot.log_event(p_alert_id, 'noted', p_user, null, v_alert.status, v_alert.status);
    if v_alert.closed_at is not null then
      perform lead_bot.touch_alerts(lead_bot.shown_with(p_alert_id), false);
    end if;
  end if;
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_note is 'Keeps a note about an alert, open or closed. Everyone who may see it can.';
revoke all on function public.lead_bot_note from public, anon, authenticated;
grant execute on function public.lead_bot_note to service_role, lead_bot;
