create or replace function lead_bot.concerns_all(p_sqlstate text)
returns boolean
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return left(p_sqlstate, 2) in ('40', '53', '57', '58') or p_sqlstate = '55P03';
end;
$$;
comment on function lead_bot.concerns_all is
  'Whether an error has nothing to do with what was read: a conflict, a limit of the server, a timeout, a lock. To be raised, so that the call is repeated.';
revoke all on function lead_bot.concerns_all from public;
