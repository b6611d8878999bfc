-- RFC 3492, section 6.3, with the parameters of section 5.
create or replace function lead_bot.ascii_domain(p_domain text)
returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_label text;
  v_labels text[] := '{}';
  v_points int[];
  v_encoded text;
  v_point int;
  v_next int;
  v_delta int;
  v_basic int;
  v_done int;
  v_bias int;
  v_left int;
  v_step int;
  v_threshold int;
begin
  if p_domain !~ '[^\u0001-\u007f]' or length(p_domain) > 253 then
    return p_domain;
  end if;
  foreach v_label in array string_to_array(p_domain, '.') loop
    if v_label !~ '[^\u0001-\u007f]' then
      v_labels := v_labels || v_label;
      continue;
    end if;
    v_points := array(
      select ascii(c.letter) from string_to_table(v_label, null) with ordinality c (letter, place) order by c.place
    );
    v_encoded := regexp_replace(v_label, '[^\u0001-\u007f]+', '', 'g');
    v_basic := length(v_encoded);
    v_done := v_basic;
    v_encoded := case when v_basic > 0 then v_encoded || '-' else '' end;
    v_point := 128;
    v_delta := 0;
    v_bias := 72;
    while v_done < cardinality(v_points) loop
      v_next := (select min(p.point) from unnest(v_points) p (point) where p.point >= v_point);
      v_delta := v_delta + (v_next - v_point) * (v_done + 1);
      v_point := v_next;
      for v_place in 1 .. cardinality(v_points) loop
        if v_points[v_place] < v_point then
          v_delta := v_delta + 1;
        elsif v_points[v_place] = v_point then
          v_left := v_delta;
          v_step := 36;
          loop
            v_threshold := least(greatest(v_step - v_bias, 1), 26);
            exit when v_left < v_threshold;
            v_encoded := v_encoded || substr('abcdefghijklmnopqrstuvwxyz0123456789',
              v_threshold + (v_left - v_threshold) % (36 - v_threshold) + 1, 1);
            v_left := (v_left - v_threshold) / (36 - v_threshold);
            v_step := v_step + 36;
          end loop;
          v_encoded := v_encoded || substr('abcdefghijklmnopqrstuvwxyz0123456789', v_left + 1, 1);
          v_left := v_delta / case when v_done = v_basic then 700 else 2 end;
          v_left := v_left + v_left / (v_done + 1);
          v_bias := 0;
          while v_left > 455 loop
            v_left := v_left / 35;
            v_bias := v_bias + 36;
          end loop;
          v_bias := v_bias + 36 * v_left / (v_left + 38);
          v_delta := 0;
          v_done := v_done + 1;
        end if;
      end loop;
      v_delta := v_delta + 1;
      v_point := v_point + 1;
    end loop;
    v_labels := v_labels || ('xn--' || v_encoded);
  end loop;
  return array_to_string(v_labels, '.');
end;
$$;
comment on function lead_bot.ascii_domain is
  'A normal domain in its DNS form, with Punycode (xn--…) for labels beyond ASCII. Tables may hold either form.';
revoke all on function lead_bot.ascii_domain from public;
