-- PL/pgSQL and not SQL, as all small functions that are called for each lead: its plan is kept.
create or replace function lead_bot.account_key(p_developer_id uuid, p_company_domain text)
returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return coalesce(nullif(left(lower(left(p_company_domain, 400)), 253), ''), 'lead:' || p_developer_id);
end;
$$;
comment on function lead_bot.account_key is
  'The account of a lead: its lower-cased company domain (253 characters, as many as a domain can have), or the lead itself.';
revoke all on function lead_bot.account_key from public;
