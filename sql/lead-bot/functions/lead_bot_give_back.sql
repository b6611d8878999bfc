create or replace function public.lead_bot_give_back(p_alert_id uuid, p_user text, p_gone_owner text default null)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_to text;
  v_status text;
  v_why text;
begin
  perform lead_bot.share_lead_tables();
  select * into v_alert from lead_bot.alerts a where a.id = p_alert_id for no key update;
  v_why := coalesce(lead_bot.refusal_of(v_alert, p_user, false), case
    when v_alert.owner is distinct from p_user then 'not-yours'
    when v_alert.handed_at is null then 'not-handed-over'
    -- A contacted lead has an owner, so it can only be handed on.
    when v_alert.status = 'contacted' and (v_alert.handed_from is null or v_alert.handed_from = p_gone_owner) then 'not-handed-over'
  end);
  if v_why is null then
    v_to := nullif(v_alert.handed_from, p_gone_owner);
    v_status := case when v_to is null then 'open' else v_alert.status end;
    perform lead_bot.keep_undo(
      v_alert, 'given-back', p_user,
      p_reply_id => lead_bot.want_reply(p_alert_id, 'given-back', jsonb_build_object('by', p_user, 'to', v_to))
    );
    update lead_bot.alerts a
       set status = v_status, owner = v_to, claimed_at = case when v_to is not null then now() end, hold = null,
           handed_by = null, handed_from = null, handed_at = null, waits_since = now(), keeps = 0
     where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'given-back', p_user, null, v_alert.status, v_status, v_to);
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_give_back is
  'The new owner of an alert returns it to the one who had it before, or to everyone if nobody had, or if they are p_gone_owner, of whom the caller knows that they are gone.';
revoke all on function public.lead_bot_give_back from public, anon, authenticated;
grant execute on function public.lead_bot_give_back to service_role, lead_bot;
