create or replace function lead_bot.companies_alike(p_name text)
returns table (domain text, name text, alike real)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_domains text[];
  v_names text[];
begin
  select array_agg(c.domain), array_agg(c.name)
    into v_domains, v_names
    from (
      select f.domain, max(f.name) as name
        from (
          select b.domain, b.name from lead_bot.companies_beside(p_name, 10, 10) b
          union all
          select t.domain, t.name from lead_bot.companies_by_trigrams(p_name) t
        ) f
       where f.domain is not null
       group by f.domain
    ) c;
  -- The extension may be in any schema, or not installed.
  return query execute format(
    'select s.domain, s.name, s.alike
       from (
         select c.domain, c.name,
                greatest(
                  %1$s.similarity(n.plain, $3),
                  -- Only the beginning of a long name may have been typed.
                  0.9 * %1$s.similarity(left(n.plain, length($3)), $3),
                  %1$s.similarity(split_part(c.domain, ''.'', 1), $4),
                  %1$s.similarity(c.domain, $3)
                )::real as alike
           from unnest($1, $2) c (domain, name)
          cross join lateral (select coalesce(%2$s, '''')) n (plain)
       ) s
      where s.alike >= 0.3
      order by s.alike desc, s.domain
      limit 30', coalesce(quote_ident(lead_bot.trigram_schema()), 'lead_bot'), lead_bot.indexed_name('c.name')
  ) using v_domains, v_names, p_name, regexp_replace(p_name, '[^[:alnum:]]+', '', 'g');
end;
$$;
comment on function lead_bot.companies_alike is
  'Up to 30 companies whose name or domain is similar to this text, most similar first, with the similarity (0.3 to 1).';
revoke all on function lead_bot.companies_alike from public;
