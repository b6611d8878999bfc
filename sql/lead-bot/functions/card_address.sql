create or replace function lead_bot.card_address(p_alert_id uuid)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select jsonb_build_object('channel', m.slack_channel, 'ts', m.slack_ts)
      from lead_bot.messages m
     where m.dedupe_key = 'card:' || p_alert_id and m.state = 'posted' and m.removal is null
  );
end;
$$;
comment on function lead_bot.card_address is 'Where an alert''s card is in Slack; null if it isn''t.';
revoke all on function lead_bot.card_address from public;
