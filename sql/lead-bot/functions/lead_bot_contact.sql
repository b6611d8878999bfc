create or replace function public.lead_bot_contact(
  p_alert_id uuid, p_user text, p_method text, p_note text, p_manager boolean default false
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
  -- The owner may have reached out before it cooled, and only report it now.
  v_why := case
    when v_alert.id is null then 'not-found'
    when v_alert.status = 'merged' then 'over'
    when v_alert.owner is null or v_alert.owner <> p_user and not p_manager
      then case when v_alert.closed_at is null then 'not-yours' else 'over' end
    when v_alert.hold = 'not-a-fit' then 'not-a-fit'
  end;
  -- A form that is submitted twice is one touch.
  if v_why is null and not exists (
    select from lead_bot.alert_notes n
     where n.alert_id = p_alert_id and n.author = p_user and n.kind = 'contact' and n.word = p_method
       and n.body is not distinct from nullif(btrim(p_note), '') and n.at > now() - interval '10 seconds'
  ) then
    perform lead_bot.keep_undo(
      v_alert, 'contacted', p_user, lead_bot.add_note(p_alert_id, p_user, 'contact', p_method, p_note)
    );
    update lead_bot.alerts a
       set status = 'contacted', contacted_at = now(), contact_method = p_method, touches = a.touches + 1, hold = null,
           outcome = null, outcome_at = null, outcome_until = null,
           handed_by = null, handed_from = null, handed_at = null, waits_since = now()
     where a.id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'contacted', p_user, p_method, v_alert.status, 'contacted');
  end if;
  perform lead_bot.touch_alerts(lead_bot.shown_with(p_alert_id), true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_contact is
  'Records that the owner of an alert, or a manager, has reached out, how, and an optional note. Each time is kept, and asks again for an outcome.';
revoke all on function public.lead_bot_contact from public, anon, authenticated;
grant execute on function public.lead_bot_contact to service_role, lead_bot;
