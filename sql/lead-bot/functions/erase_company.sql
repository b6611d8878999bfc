create or replace function lead_bot.erase_company(p_domain text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  -- Something that isn't a domain is matched literally.
  v_domain text := coalesce(lead_bot.normal_domain(p_domain), btrim(p_domain));
  v_ids uuid[];
  v_companies bigint;
begin
  if lead_bot.is_mail_provider(v_domain) then
    return jsonb_build_object('refused', 'personal');
  end if;
  v_ids := array(
    select d.id
      from public.developer_signups d
     where v_domain in (lead_bot.normal_domain(d.company_domain), d.company_domain)
        or v_domain in (lead_bot.normal_domain(substring(d.email from '@([^@]*)$')), substring(d.email from '@([^@]*)$'))
  );
  delete from public.company_enrichment c where v_domain in (lead_bot.normal_domain(c.domain), c.domain);
  get diagnostics v_companies = row_count;
  return lead_bot.erase_leads(v_ids, v_domain, 'company')
    || jsonb_build_object('companies', v_companies);
end;
$$;
comment on function lead_bot.erase_company is
  'Erases a company and all its people everywhere. For the operator; the bot may not call it. Returns counts (all 0 if nobody has the domain), or {"refused": "personal"} for a mail provider.';
revoke all on function lead_bot.erase_company from public;
