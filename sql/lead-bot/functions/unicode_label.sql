-- RFC 3492, section 6.2, with the parameters of section 5.
create or replace function lead_bot.unicode_label(p_label text)
returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_encoded text := substring(p_label from '^xn--(?:.*-)?([a-z0-9]+)$');
  v_points int[] := '{}';
  v_point bigint := 128;
  v_place bigint := 0;
  v_before bigint;
  v_weight bigint;
  v_threshold int;
  v_bias int := 72;
  v_digit int;
  v_count int;
  v_step int;
  v_next int := 1;
  v_decoded text;
begin
  -- A DNS label has at most 63 characters.
  if v_encoded is null or length(p_label) > 63 then
    return p_label;
  end if;
  select coalesce(array_agg(ascii(c.letter) order by c.place), '{}') into v_points
    from string_to_table(substring(p_label from '^xn--(.*)-[a-z0-9]+$'), null) with ordinality c (letter, place);
  while v_next <= length(v_encoded) loop
    v_before := v_place;
    v_weight := 1;
    v_step := 36;
    loop
      if v_next > length(v_encoded) then
        return p_label;
      end if;
      v_digit := strpos('abcdefghijklmnopqrstuvwxyz0123456789', substr(v_encoded, v_next, 1)) - 1;
      v_next := v_next + 1;
      v_place := v_place + v_digit * v_weight;
      v_threshold := least(greatest(v_step - v_bias, 1), 26);
      exit when v_digit < v_threshold;
      v_weight := v_weight * (36 - v_threshold);
      if v_place > 100000000 or v_weight > 100000000 then
        return p_label;
      end if;
      v_step := v_step + 36;
    end loop;
    v_count := cardinality(v_points) + 1;
    -- Adapts the bias.
    v_before := (v_place - v_before) / case when v_before = 0 then 700 else 2 end;
    v_before := v_before + v_before / v_count;
    v_bias := 0;
    while v_before > 455 loop
      v_before := v_before / 35;
      v_bias := v_bias + 36;
    end loop;
    v_bias := v_bias + 36 * v_before / (v_before + 38);
    v_point := v_point + v_place / v_count;
    v_place := v_place % v_count;
    if v_point > 1114111 or v_point between 55296 and 57343 then
      return p_label;
    end if;
    v_points := v_points[1 : v_place] || v_point::int || v_points[v_place + 1 :];
    v_place := v_place + 1;
  end loop;
  v_decoded := (select string_agg(chr(p.point), '' order by p.place) from unnest(v_points) with ordinality p (point, place));
  -- Not in canonical form, so it would be a lookalike of another name.
  if v_decoded <> lower(normalize(v_decoded, nfkc)) or v_decoded ~ '[\s\u0001-\u002c./:-@\u00ad\u200b-\u200f\u2060]' then
    return p_label;
  end if;
  return translate(v_decoded, 'ς', 'σ');
end;
$$;
comment on function lead_bot.unicode_label is
  'A label of a domain in Unicode, decoded from Punycode (xn--…). Unchanged if it isn''t Punycode, or decodes to something that can''t be in a domain.';
revoke all on function lead_bot.unicode_label from public;
