create or replace function lead_bot.can_be_undone(p_alert_id uuid)
returns boolean
language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
begin
  return exists (
    select from lead_bot.undos u where u.alert_id = p_alert_id and u.at >= now() - interval '10 minutes'
  );
end;
$$;
comment on function lead_bot.can_be_undone is
  'Whether there is still time to undo the newest gesture on an alert. Until then it doesn''t close.';
revoke all on function lead_bot.can_be_undone from public;
