create or replace function public.lead_bot_keep(p_alert_id uuid, p_user text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_warned boolean;
  v_why text;
begin
  perform lead_bot.share_lead_tables();
  select * into v_alert from lead_bot.alerts a where a.id = p_alert_id for no key update;
  v_warned := v_alert.status = 'claimed' and exists (
    select from lead_bot.steps s where s.alert_id = p_alert_id and s.kind = 'warning' and s.period = v_alert.waits_since
  );
  v_why := coalesce(lead_bot.refusal_of(v_alert, p_user, false), case
    when v_alert.owner is distinct from p_user then 'not-yours'
    when v_alert.handed_at is null and not v_warned then 'not-handed-over'
  end);
  if v_why is null then
    -- Accepted, so whoever handed it over can't take that back.
    delete from lead_bot.undos u where u.alert_id = p_alert_id;
    if v_warned then
      perform lead_bot.keep_undo(v_alert, 'kept', p_user);
    end if;
    update lead_bot.alerts a
       set handed_by = null, handed_from = null, handed_at = null,
           waits_since = case when v_warned then now() else a.waits_since end, keeps = a.keeps + v_warned::int
     where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'kept', p_user, null, v_alert.status, v_alert.status);
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_keep is
  'The owner of an alert accepts that it was handed over to them or, after a warning, has another period to reach out.';
revoke all on function public.lead_bot_keep from public, anon, authenticated;
grant execute on function public.lead_bot_keep to service_role, lead_bot;
