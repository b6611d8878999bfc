create or replace function lead_bot.trigrams(p_text text)
returns text[]
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_trigrams text[] := '{}';
  v_trigram text;
  v_word text;
begin
  foreach v_word in array regexp_split_to_array(p_text, '[^[:alnum:]]+') loop
    for v_place in 1 .. case when v_word <> '' then length(v_word) + 1 else 0 end loop
      v_trigram := substr('  ' || v_word || ' ', v_place, 3);
      if v_trigram <> all (v_trigrams) then
        v_trigrams := v_trigrams || v_trigram;
      end if;
    end loop;
  end loop;
  return v_trigrams;
end;
$$;
comment on function lead_bot.trigrams is 'The trigrams of a lower-case text, as pg_trgm computes them.';
revoke all on function lead_bot.trigrams from public;
