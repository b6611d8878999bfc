create or replace function lead_bot.stands_in(p_alert_id uuid, p_channels text[])
returns boolean
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return exists (
    select from lead_bot.message_alerts s
      join lead_bot.messages m on m.id = s.message_id
     where s.alert_id = p_alert_id and m.kind in ('card', 'rollup') and m.removal is null
       and m.channel = any (p_channels)
  );
end;
$$;
comment on function lead_bot.stands_in is
  'Whether the card of an alert, or a roll-up that lists it, belongs to one of these channels.';
revoke all on function lead_bot.stands_in from public;
