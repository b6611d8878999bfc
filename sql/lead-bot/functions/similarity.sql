create or replace function lead_bot.similarity(p_a text, p_b text)
returns real
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_a text[] := lead_bot.trigrams(p_a);
  v_b text[] := lead_bot.trigrams(p_b);
  v_trigram text;
  v_common int := 0;
begin
  foreach v_trigram in array v_a loop
    v_common := v_common + (v_trigram = any (v_b))::int;
  end loop;
  return coalesce(v_common::real / nullif(cardinality(v_a) + cardinality(v_b) - v_common, 0), 0);
end;
$$;
comment on function lead_bot.similarity is
  'Trigram similarity of two lower-case texts, 0 to 1: same as pg_trgm''s similarity(), but much slower.';
revoke all on function lead_bot.similarity from public;
