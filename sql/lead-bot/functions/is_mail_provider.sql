create or replace function lead_bot.is_mail_provider(p_domain text)
returns boolean
language plpgsql stable parallel safe set search_path = ''
as $$
begin
  return exists (select from lead_bot.mail_providers p where p.domain = p_domain and p.gives_addresses);
end;
$$;
comment on function lead_bot.is_mail_provider is
  'Whether this domain, as lead_bot.normal_domain returns it, gives out addresses to anyone, and so is never a company''s own.';
revoke all on function lead_bot.is_mail_provider from public;
