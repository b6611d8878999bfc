create or replace function public.lead_bot_release(
  p_alert_id uuid, p_user text, p_manager boolean default false, p_gone_owner text default null
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
  v_why := coalesce(lead_bot.refusal_of(v_alert, p_user, p_manager or coalesce(v_alert.owner = p_gone_owner, false)), case v_alert.status
    when 'contacted' then 'already-contacted'
    when 'open' then 'not-yours'
  end);
  if v_why is null then
    perform lead_bot.keep_undo(v_alert, 'released', p_user, p_reply_id => lead_bot.want_reply(
      p_alert_id, 'released', jsonb_build_object('by', p_user, 'owner', v_alert.owner)
    ));
    update lead_bot.alerts a
       set status = 'open', owner = null, claimed_at = null, hold = null, handed_by = null, handed_from = null, handed_at = null,
           waits_since = now(), keeps = 0
     where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'released', p_user, null, 'claimed', 'open');
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_release is
  'Returns a claimed alert to everyone, and says so in its thread. Its owner and managers can; anyone can while it belongs to p_gone_owner, of whom the caller knows that they are gone.';
revoke all on function public.lead_bot_release from public, anon, authenticated;
grant execute on function public.lead_bot_release to service_role, lead_bot;
