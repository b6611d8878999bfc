create or replace function lead_bot.end_offer(p_alert_id uuid, p_how text)
returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_id uuid;
begin
  update lead_bot.offers o
     set ended_at = clock_timestamp(), ended = p_how
   where o.alert_id = p_alert_id and o.ended_at is null
  returning o.id into v_id;
  return v_id;
end;
$$;
comment on function lead_bot.end_offer is
  'Ends the offer that runs for an alert, if one does; returns its id. The caller has locked the alert.';
revoke all on function lead_bot.end_offer from public;
