create or replace function lead_bot.account_key(p_developer_id uuid, p_company_domain text)
returns text
language sql immutable parallel safe set search_path = ''
as $$
  select coalesce(nullif(left(lower(p_company_domain), 253), ''), 'lead:' || p_developer_id);
$$;
comment on function lead_bot.account_key is
  'The account of a lead: its lower-cased company domain (253 characters, as many as a domain can have), or the lead itself.';
revoke all on function lead_bot.account_key from public;
