create or replace function lead_bot.companies_named(p_name text)
returns table (domain text, name text)
language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select lead_bot.normal_domain(b.key), min(left(b.name, 400))
      from lead_bot.bearers_of('company_enrichment', 'company_name', 'domain', p_name, 101) b
     where lead_bot.normal_domain(b.key) is not null
     group by 1
     order by 1;
end;
$$;
comment on function lead_bot.companies_named is
  'Up to 101 companies with this name, as lead_bot.normal_name returns it.';
revoke all on function lead_bot.companies_named from public;
