create or replace function lead_bot.companies_fitting(p_names text[], p_profiles text[], p_part text)
returns table (matches jsonb, fitting int)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_name text;
  v_way text;
begin
  if cardinality(p_profiles) > 0 then
    select o.* into matches, fitting
      from (select array_agg(c.domain) as domains, array_agg(c.name) as names from lead_bot.companies_linked(p_profiles) c) n
     cross join lateral lead_bot.companies_offered(n.domains, n.names, 10) o;
    if matches <> '[]' then
      return next;
      return;
    end if;
  end if;
  foreach v_name in array p_names loop
    foreach v_way in array array['company', 'person'] loop
      select o.* into matches, fitting
        from (
          select array_agg(f.domain) as domains, array_agg(f.name) as names
            from (
              select c.domain, c.name from lead_bot.companies_named(v_name) c where v_way = 'company'
              union
              select p.domain, p.name from lead_bot.companies_of_person(v_name) p where v_way = 'person'
            ) f
        ) n
       cross join lateral lead_bot.companies_offered(n.domains, n.names, 10) o;
      if matches <> '[]' then
        return next;
        return;
      end if;
    end loop;
  end loop;
  if p_part is not null then
    return query
      select o.*
        from (
          select array_agg(c.domain) as domains, array_agg(c.name) as names
            from lead_bot.companies_containing(p_part) c
        ) n
       cross join lateral lead_bot.companies_offered(n.domains, n.names, 10) o;
    return;
  end if;
  matches := '[]';
  fitting := 0;
  return next;
end;
$$;
comment on function lead_bot.companies_fitting is
  'The companies that fit, as lead_bot.companies_offered has them: those with such a page at LinkedIn, or else with one of these names (tried in order), or else with a person of that name, or else with this part in their name.';
revoke all on function lead_bot.companies_fitting from public;
