create or replace function public.lead_bot_hand_over(
  p_alert_id uuid, p_user text, p_to text, p_note text, p_manager boolean default false
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
  v_why := coalesce(lead_bot.refusal_of(v_alert, p_user, p_manager), case
    when v_alert.owner is null and not p_manager then 'not-yours'
    when v_alert.owner = p_to then 'already-theirs'
  end);
  if v_why is null then
    perform lead_bot.keep_undo(
      v_alert, 'handed-over', p_user, lead_bot.add_note(p_alert_id, p_user, 'hand-over', null, p_note),
      lead_bot.want_reply(p_alert_id, 'handed-over', jsonb_build_object('by', p_user, 'to', p_to)),
      lead_bot.end_offer(p_alert_id, 'withdrawn'),
      case when p_to <> p_user then lead_bot.want_dm(p_alert_id, 'hand-over', p_to) end
    );
    update lead_bot.alerts a
       set status = case a.status when 'open' then 'claimed' else a.status end,
           owner = p_to, claimed_at = now(), hold = null, offer_due_at = null,
           handed_by = case when p_to <> p_user then p_user end,
           handed_from = case when p_to <> p_user then v_alert.owner end,
           handed_at = case when p_to <> p_user then now() end,
           waits_since = now(), keeps = 0
     where a.id = p_alert_id;
    perform lead_bot.log_event(
      p_alert_id, 'handed-over', p_user, null, v_alert.status,
      case v_alert.status when 'open' then 'claimed' else v_alert.status end, p_to
    );
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_hand_over is
  'Gives an alert to another AE. Its owner and managers can; of one that nobody has, managers only. Who may be chosen is checked by the caller.';
revoke all on function public.lead_bot_hand_over from public, anon, authenticated;
grant execute on function public.lead_bot_hand_over to service_role, lead_bot;
