create or replace function lead_bot.companies_beside(p_name text, p_before int, p_after int)
returns table (domain text, name text)
language plpgsql stable security definer
-- In the order of the index, and no further than asked: else the planner may sort a third of the table.
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select left(lower(c.domain), 253), left(c.company_name, 400)
      from public.company_enrichment c
     where left(lower(c.company_name), 200) ~>=~ p_name
     order by left(lower(c.company_name), 200) using ~<~
     limit p_after;
  return query
    select left(lower(c.domain), 253), left(c.company_name, 400)
      from public.company_enrichment c
     where left(lower(c.company_name), 200) ~<~ p_name
     order by left(lower(c.company_name), 200) using ~>~
     limit p_before;
  return query
    select d.domain, null::text from unnest(lead_bot.domains_beside(p_name, p_before, p_after)) d (domain);
end;
$$;
comment on function lead_bot.companies_beside is
  'The companies that come before and after this name in the order of names, and in that of domains: those that begin like it. Some have no name here.';
revoke all on function lead_bot.companies_beside from public;
