-- PL/pgSQL, like every small function called per lead: its plan is cached.
create or replace function lead_bot.account_key(p_developer_id uuid, p_company_domain text, p_email text)
returns text
language plpgsql stable parallel safe set search_path = ''
as $$
declare
  v_domain text := lead_bot.normal_domain(p_company_domain);
begin
  if v_domain is not null and not lead_bot.is_mail_provider(v_domain) then
    return v_domain;
  end if;
  v_domain := lead_bot.normal_domain(substring(p_email from '@([^@]*)$'));
  if v_domain is not null and not lead_bot.is_mail_provider(v_domain) then
    return v_domain;
  end if;
  return 'lead:' || p_developer_id;
end;
$$;
comment on function lead_bot.account_key is
  'The account of a lead: its company''s domain, else the domain of its address unless that is a mail provider. lead:<developer id> means no company; such a lead gets no card.';
revoke all on function lead_bot.account_key from public;
