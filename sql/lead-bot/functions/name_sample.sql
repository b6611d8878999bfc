create or replace function lead_bot.name_sample(out names text, out domains text, out size int, out percent real, out weight real)
language plpgsql stable security definer set search_path = ''
as $$
begin
  percent := least(100, 3200.0 / greatest(pg_relation_size('public.company_enrichment') / current_setting('block_size')::int, 1));
  -- A quarter of the rows on 32 pages, since neighbors on a page are often similar. Punctuation ends a word.
  execute format(
    'select '' '' || string_agg(%s, '' '') || '' '',
            translate('' '' || string_agg(lower(left(c.domain, 253)), '' '') || '' '', ''.-_&,/()'', ''        ''),
            count(*)
       from public.company_enrichment c tablesample system ($1) repeatable (1)
      where $1 = 100 or hashtext(c.domain) & 3 = 0', lead_bot.indexed_name('c.company_name')
  ) into names, domains, size using percent;
  weight := case when percent = 100 then 1 else 400 / percent end;
end;
$$;
comment on function lead_bot.name_sample is
  'The names and the domains of a few hundred companies as two texts, their number, the percentage of the table read, and how many companies each stands for. Text that is common here is in very many names.';
revoke all on function lead_bot.name_sample from public;
