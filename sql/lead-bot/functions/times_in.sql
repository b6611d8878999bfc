create or replace function lead_bot.times_in(p_text text, p_parts text[])
returns int[]
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  -- Bytes: counting characters would read the whole text.
  v_length int := octet_length(p_text);
begin
  return array(
    select coalesce((v_length - octet_length(replace(p_text, u.part, ''))) / octet_length(u.part), 0)
      from unnest(p_parts) with ordinality u (part, place)
     order by u.place
  );
end;
$$;
comment on function lead_bot.times_in is 'How often each of these non-empty parts occurs in a text.';
revoke all on function lead_bot.times_in from public;
