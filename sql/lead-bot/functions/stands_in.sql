create or replace function lead_bot.stands_in(p_alert_id uuid, p_channels text[])
returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return p_channels is not null and lead_bot.standing_in(array[p_alert_id], p_channels) <> '{}';
end;
$$;
comment on function lead_bot.stands_in is
  'Whether the card of an alert, or a roll-up that lists it, belongs to one of these channels.';
revoke all on function lead_bot.stands_in from public;
