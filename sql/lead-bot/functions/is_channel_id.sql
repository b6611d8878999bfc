create or replace function lead_bot.is_channel_id(p_text text)
returns boolean
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return p_text ~ '^[CG][A-Z0-9]{2,30}$';
end;
$$;
comment on function lead_bot.is_channel_id is 'Whether a text looks like a Slack channel id.';
revoke all on function lead_bot.is_channel_id from public;
