create or replace function lead_bot.hosts_of(p_account_key text)
returns text[]
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return case when p_account_key ~ '[^\u0001-\u007f]'
              then array[p_account_key, lead_bot.ascii_domain(p_account_key)] else array[p_account_key] end;
end;
$$;
comment on function lead_bot.hosts_of is
  'The forms in which lead_bot.indexed_host may return an account''s domain: Unicode and Punycode.';
revoke all on function lead_bot.hosts_of from public;
