create or replace function lead_bot.calling_bot()
returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  -- PostgREST puts the headers of a request here. Empty in a later transaction of its connection.
  v_headers text := nullif(current_setting('request.headers', true), '');
begin
  if v_headers is null then
    return null;
  end if;
  return substring(v_headers::json ->> 'x-lead-alerts-bot' from '^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$');
-- A name is no reason for a gesture to fail.
exception when others then
  return null;
end;
$$;
comment on function lead_bot.calling_bot is
  'The bot that calls, as it names itself in a header of its request. Null of older bots, of connections without PostgREST, and of what can''t be a name.';
revoke all on function lead_bot.calling_bot from public;
