create or replace function lead_bot.companies_by_trigrams(p_name text)
returns table (domain text, name text)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_schema name := lead_bot.trigram_schema();
  v_sample record;
  v_index record;
  v_asked text;
  v_companies int[];
  v_all int;
  v_has_letters boolean;
  v_needed int;
begin
  if v_schema is null then
    return;
  end if;
  v_sample := lead_bot.name_sample();
  for v_index in
    select *
      from (values
        (lead_bot.indexed_name('c.company_name'), v_sample.names, p_name),
        ('left(lower(c.domain), 253)', v_sample.domains, regexp_replace(p_name, '[^[:alnum:]]+', '', 'g'))
      ) i (expression, sample, asked)
  loop
    v_asked := lead_bot.without_common(v_index.asked, v_index.sample, v_sample.size, v_sample.weight);
    -- Estimates how many companies have each trigram. One at the start of a word contains a blank.
    v_companies := array(
      select t.times * v_sample.weight
        from unnest(lead_bot.times_in(v_index.sample, array(
          select regexp_replace(g.trigram, '^  ', ' ') from unnest(lead_bot.trigrams(v_asked)) g (trigram)
        ))) t (times)
       order by t.times
    );
    v_all := cardinality(v_companies);
    -- Without any character that the extension takes for a letter (with the locale C, only ASCII), it would read
    -- everything.
    execute format('select cardinality(%I.show_trgm($1)) > 0', v_schema) into v_has_letters using v_asked;
    continue when v_all = 0 or not v_has_letters;
    -- One wrong, missing or extra letter costs three or four trigrams, two swapped ones cost five. The index reads
    -- every row with one of the rarest trigrams, as many of them as could be wrong. If that is too much, raise the
    -- threshold.
    v_needed := least(ceil(0.6 * v_all), greatest(ceil(0.37 * v_all), v_all - 6));
    while v_needed <= v_all and 6000 < (
      select sum(r.companies) from unnest(v_companies[1:v_all - v_needed + 1]) r (companies)
    ) loop
      v_needed := v_needed + 1;
    end loop;
    continue when v_needed > v_all;
    perform set_config('pg_trgm.word_similarity_threshold', ((v_needed - 0.5) / v_all)::text, true);
    return query execute format(
      'select lead_bot.normal_domain(c.domain), left(c.company_name, 400)
         from public.company_enrichment c
        where %s operator(%I.%%>) $1
        limit 200', v_index.expression, v_schema
    ) using v_asked;
  end loop;
-- The owner may have renamed a column or be replacing the table.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return;
end;
$$;
comment on function lead_bot.companies_by_trigrams is
  'Companies with a name or domain containing something similar to this text, up to 200 each, by the trigram indexes; fewer if the text is very common. Nothing without the indexes.';
revoke all on function lead_bot.companies_by_trigrams from public;
