create or replace function lead_bot.log_lead_event(
  p_alert_id uuid, p_kind text, p_developer_id uuid, p_from text, p_to text
)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_event lead_bot.alert_events;
begin
  insert into lead_bot.alert_events (alert_id, kind, developer_id, from_status, to_status, bot)
  values (p_alert_id, p_kind, p_developer_id, p_from, p_to, lead_bot.calling_bot())
  returning * into v_event;
  perform lead_bot.note_outcome(v_event);
end;
$$;
comment on function lead_bot.log_lead_event is
  'Adds what a developer did to an alert''s history: by id, since the history contains no names.';
revoke all on function lead_bot.log_lead_event from public;
