create or replace function lead_bot.companies_named(p_name text)
returns table (domain text, name text)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
  -- Not "=": the trigram index takes that, too, and would read every name with one of its trigrams. Legal forms are
  -- in the index, so the name is looked up with each of them.
  return query execute format(
    'select lead_bot.normal_domain(c.domain) as key, min(left(c.company_name, 400))
       from (
         select e.domain, e.company_name
           from unnest($2) s (spelling)
          cross join lateral (
            select c.domain, c.company_name
              from public.company_enrichment c
             where %1$s ~>=~ s.spelling and %1$s ~<=~ s.spelling
             limit 300
          ) e
          where lead_bot.normal_name(e.company_name) = $1
          limit 101
       ) c
      where lead_bot.normal_domain(c.domain) is not null
      group by key
      order by key', lead_bot.indexed_name('c.company_name')
  ) using p_name, lead_bot.spellings_of(p_name);
exception when undefined_table or undefined_column then
  return;
end;
$$;
comment on function lead_bot.companies_named is
  'Up to 101 companies that have this name, as lead_bot.normal_name writes it.';
revoke all on function lead_bot.companies_named from public;
