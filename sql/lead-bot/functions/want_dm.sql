create or replace function lead_bot.want_dm(
  p_alert_id uuid, p_kind text, p_to text, p_fields jsonb default '{}', p_at timestamptz default now()
)
returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into lead_bot.messages (kind, alert_id, channel, dedupe_key, payload, created_at, next_try_at)
  values (
    'dm', p_alert_id, p_to, 'dm:' || p_kind || ':' || p_alert_id || ':' || gen_random_uuid(),
    p_fields || jsonb_build_object('kind', p_kind, 'to', p_to),
    -- Until then it is no backlog.
    greatest(clock_timestamp(), p_at), p_at
  )
  returning id into v_id;
  insert into lead_bot.message_alerts (message_id, alert_id, position) values (v_id, p_alert_id, 1);
  return v_id;
end;
$$;
comment on function lead_bot.want_dm is
  'Queues a direct message with an alert''s card, to be sent from a time on; returns its id.';
revoke all on function lead_bot.want_dm from public;
