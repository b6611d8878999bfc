create or replace function public.lead_bot_contact(p_alert_id uuid, p_user text, p_method text, p_note text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_from text;
  v_why text;
begin
  perform lead_bot.share_lead_tables();
  -- An AE who had claimed it may have reached out before it cooled, and only report it later.
  select a.status into v_from from lead_bot.alerts a where a.id = p_alert_id for no key update;
  update lead_bot.alerts a
     set status = 'contacted', contacted_at = now(), contact_method = p_method,
         contact_note = case when a.scrubbed_at is null then nullif(p_note, '') end
   where a.id = p_alert_id and a.status in ('claimed', 'cooled') and a.owner = p_user;
  if found then
    perform lead_bot.log_event(p_alert_id, 'contacted', p_user, p_method, v_from, 'contacted');
  else
    select * into v_alert from lead_bot.alerts a where a.id = p_alert_id;
    v_why := case
      when v_alert.id is null then 'not-found'
      when v_alert.status = 'contacted' then 'already-contacted'
      when v_alert.closed_at is not null then 'over'
      else 'not-yours'
    end;
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_contact is
  'Records that the owner of an alert has reached out, how, and an optional note.';
revoke all on function public.lead_bot_contact from public, anon, authenticated;
grant execute on function public.lead_bot_contact to service_role, lead_bot;
