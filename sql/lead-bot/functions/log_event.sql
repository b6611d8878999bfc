create or replace function lead_bot.log_event(
  p_alert_id uuid, p_kind text, p_actor text, p_detail text, p_from text, p_to text, p_target text default null
)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_event lead_bot.alert_events;
begin
  insert into lead_bot.alert_events (alert_id, kind, actor, detail, from_status, to_status, target, bot)
  values (p_alert_id, p_kind, p_actor, p_detail, p_from, p_to, p_target, lead_bot.calling_bot())
  returning * into v_event;
  perform lead_bot.note_outcome(v_event);
end;
$$;
comment on function lead_bot.log_event is
  'Appends one line to the history of an alert, after the alert itself has changed.';
revoke all on function lead_bot.log_event from public;
