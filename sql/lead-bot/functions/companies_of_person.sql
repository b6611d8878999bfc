create or replace function lead_bot.companies_of_person(p_name text)
returns table (domain text, name text)
language plpgsql stable security definer set search_path = ''
as $$
begin
  begin
    return query
      select t.account_key, null::text
        from lead_bot.tiers_of(array(
          select b.key::uuid from lead_bot.bearers_of('developer_signups', 'full_name', 'id', p_name, 101) b
        )) t
       where t.account_key is not null
       group by t.account_key;
  -- lead_dashboard may be missing briefly.
  exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
    null;
  end;
  return query
    select lead_bot.normal_domain(b.key), null::text
      from lead_bot.bearers_of('stakeholders', 'full_name', 'company_domain', p_name) b
     where lead_bot.normal_domain(b.key) is not null
     group by 1
     limit 101;
end;
$$;
comment on function lead_bot.companies_of_person is
  'The companies, about a hundred at most, of developers and stakeholders with this name, as lead_bot.normal_name returns it.';
revoke all on function lead_bot.companies_of_person from public;
