create or replace function lead_bot.companies_beside(p_name text, p_before int, p_after int)
returns table (domain text, name text, plain text)
language plpgsql stable security definer
-- In index order, and no further than asked. Otherwise the planner may sort a third of the table.
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
begin
  begin
    return query execute format(
      '(select lead_bot.normal_domain(c.domain), left(c.company_name, 400), %1$s
          from public.company_enrichment c
         where %1$s ~>=~ $1
         order by %1$s using ~<~
         limit $3)
       union all
       (select lead_bot.normal_domain(c.domain), left(c.company_name, 400), %1$s
          from public.company_enrichment c
         where %1$s ~<~ $1
         order by %1$s using ~>~
         limit $2)', lead_bot.indexed_name('c.company_name')
    ) using p_name, p_before, p_after;
  exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
    null;
  end;
  return query
    select d.domain, null::text, null::text from unnest(lead_bot.domains_beside(p_name, p_before, p_after)) d (domain);
end;
$$;
comment on function lead_bot.companies_beside is
  'The companies next to this text in the order of names and in that of domains, so that those beginning with it are among them. Some come without a name; the others have it as lead_bot.indexed_name returns it.';
revoke all on function lead_bot.companies_beside from public;
