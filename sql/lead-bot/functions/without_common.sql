create or replace function lead_bot.without_common(p_text text, p_sample text, p_size int, p_weight real)
returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_words text[] := array_remove(regexp_split_to_array(p_text, '[^[:alnum:]]+'), '');
  v_text text;
  v_common boolean[];
begin
  -- "Technologies" says little about a company: thousands have it.
  v_text := ' ' || (
    select string_agg(w.word, ' ' order by w.place)
      from unnest(v_words, lead_bot.times_in(p_sample, array(select ' ' || u.word || ' ' from unnest(v_words) u (word))))
             with ordinality w (word, times, place)
     where w.times * p_weight <= 1000
  ) || ' ';
  -- Nor does a common part of a word, such as "company" in "company1234".
  v_common := array(
    select t.times > p_size * 0.05 and t.times * p_weight > 5000
      from unnest(lead_bot.times_in(p_sample, array(
        select substr(v_text, i, 3) from generate_series(1, length(v_text) - 2) i order by i
      ))) with ordinality t (times, place)
     order by t.place
  );
  return coalesce(btrim((
    select string_agg(case when false = any (v_common[i - 2:i]) then substr(v_text, i, 1) else ' ' end, '' order by i)
      from generate_series(1, length(v_text)) i
  )), '');
end;
$$;
comment on function lead_bot.without_common is
  'A text without the words, and the parts of words, that are common in this sample of names.';
revoke all on function lead_bot.without_common from public;
