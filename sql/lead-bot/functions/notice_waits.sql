create or replace function lead_bot.notice_waits(p_alert_id uuid)
returns boolean
language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
begin
  return exists (
    select from lead_bot.messages m
     where m.alert_id = p_alert_id and m.kind = 'notice' and m.payload ->> 'kind' = 'joined'
       and m.state = 'pending' and m.attempted_at is null and m.removal is null
  );
end;
$$;
comment on function lead_bot.notice_waits is
  'Whether a reply saying who has joined this alert is still to be posted: it will include later ones too.';
revoke all on function lead_bot.notice_waits from public;
