create or replace function lead_bot.companies_named(p_name text)
returns table (domain text, name text)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select left(lower(c.domain), 253) as key, min(left(c.company_name, 400))
      from (
        select e.domain, e.company_name
          from public.company_enrichment e
         -- Not "=": the trigram index takes that, too, and would read every name with one of its trigrams.
         where left(lower(e.company_name), 200) ~>=~ p_name and left(lower(e.company_name), 200) ~<=~ p_name
         limit 101
      ) c
     group by key
     order by key;
end;
$$;
comment on function lead_bot.companies_named is 'Up to 101 companies that have this name, lower-cased.';
revoke all on function lead_bot.companies_named from public;
