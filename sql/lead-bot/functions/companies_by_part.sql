create or replace function lead_bot.companies_by_part(p_part text)
returns table (domain text, name text, plain text)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
declare
  v_schema name := lead_bot.trigram_schema();
  v_pattern text := '%' || regexp_replace(p_part, '([\\%_])', '\\\1', 'g') || '%';
  v_names text := lead_bot.indexed_name('c.company_name');
  v_trigrams text[];
  v_sample record;
  v_in_names real;
  v_in_domains real;
begin
  if v_schema is null then
    return;
  end if;
  -- Three characters that the extension takes for letters. With the locale C that is ASCII only.
  execute format(
    'select array_agg(distinct t.letters)
       from generate_series(1, length($1) - 2) i
      cross join substr($1, i, 3) t (letters)
      where t.letters ~ ''^[[:alnum:]]+$'' and cardinality(%I.show_trgm(t.letters)) = 4', v_schema
  ) into v_trigrams using p_part;
  if v_trigrams is null then
    return;
  end if;
  -- The index reads every row with the rarest of them.
  v_sample := lead_bot.name_sample();
  v_in_names := v_sample.weight * (select min(t.times) from unnest(lead_bot.times_in(v_sample.names, v_trigrams)) t (times));
  v_in_domains := v_sample.weight * (select min(t.times) from unnest(lead_bot.times_in(v_sample.domains, v_trigrams)) t (times));
  if v_in_names <= 10000 then
    return query execute format(
      'select lead_bot.normal_domain(c.domain), left(c.company_name, 400), %1$s
         from public.company_enrichment c
        where %1$s like $1
        limit 200', v_names
    ) using v_pattern;
  end if;
  if v_in_domains <= 10000 then
    return query
      select lead_bot.normal_domain(c.domain), left(c.company_name, 400), null::text
        from public.company_enrichment c
       -- A dash in a domain is a blank in a name.
       where left(lower(c.domain), 253) like replace(v_pattern, ' ', '_') || '.%'
       limit 200;
  end if;
  if v_in_names > 10000 or v_in_domains > 10000 then
    return query execute format(
      'select lead_bot.normal_domain(c.domain), left(c.company_name, 400), %1$s
         from public.company_enrichment c tablesample system (least(100, $1 * 4)) repeatable (1)
        where %1$s like $2 or lower(left(c.domain, 253)) like replace($2, '' '', ''_'')
        limit 200', v_names
    ) using v_sample.percent, v_pattern;
  end if;
-- The owner may have renamed a column or be replacing the table.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return;
end;
$$;
comment on function lead_bot.companies_by_part is
  'Companies with this text in their name or domain, up to 200 each, by the trigram indexes; the name as lead_bot.indexed_name returns it, if it was read. If the text is so common that the indexes would read too much, some that are found without them. Nothing without the indexes.';
revoke all on function lead_bot.companies_by_part from public;
