create or replace function lead_bot.calling_bot()
returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  -- PostgREST puts the headers of a request here, as JSON without blanks. Cut out: parsing all of it for each line of the
  -- history takes five times as long, and can fail.
  v_name text := split_part(
    split_part(current_setting('request.headers', true), '"x-lead-alerts-bot":"', 2), '"', 1
  );
begin
  return case when v_name ~ '^[A-Za-z0-9][A-Za-z0-9._/-]*$' and length(v_name) <= 64 then v_name end;
end;
$$;
comment on function lead_bot.calling_bot is
  'The bot that calls, as it names itself in a header of its request. Null of older bots, of connections without PostgREST, and of what can''t be a name.';
revoke all on function lead_bot.calling_bot from public;
