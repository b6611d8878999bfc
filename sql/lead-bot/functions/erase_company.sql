create or replace function lead_bot.erase_company(p_domain text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_domain text := coalesce(lead_bot.normal_domain(p_domain), lower(p_domain));
  v_ids uuid[];
  v_personal boolean;
  v_companies bigint;
begin
  select array_agg(d.id), bool_or(not d.is_company_email and lower(split_part(d.email, '@', 2)) = v_domain)
    into v_ids, v_personal
    from public.developer_signups d
   where v_domain in (lower(d.company_domain), lead_bot.normal_domain(d.company_domain)) or lower(split_part(d.email, '@', 2)) = v_domain;
  if v_personal then
    return jsonb_build_object('refused', 'personal');
  end if;
  delete from public.company_enrichment c where v_domain in (lower(c.domain), lead_bot.normal_domain(c.domain));
  get diagnostics v_companies = row_count;
  return lead_bot.erase_leads(coalesce(v_ids, '{}'), v_domain, 'company')
    || jsonb_build_object('companies', v_companies);
end;
$$;
comment on function lead_bot.erase_company is
  'Removes a company with all its people everywhere; for the operator, the bot has no right to call it. Returns counts, all of them 0 when nobody has the domain, or refused: personal for the domain of a provider of personal addresses.';
revoke all on function lead_bot.erase_company from public;
