create or replace function lead_bot.spellings_of(p_name text)
returns text[]
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  -- Of a name of punctuation only, the index holds nothing.
  return case when p_name !~ '[[:alnum:]#+@$]' then array['', p_name] else array[p_name] end || array(
    select p_name || ' ' || f.form from string_to_table(lead_bot.legal_forms(), '|') f (form)
    union all
    select s.spelling
      from unnest(array['株式会社', '有限会社', '合同会社', '有限公司', '股份有限公司']) k (kind)
     cross join lateral (values (p_name || k.kind), (k.kind || p_name), (k.kind || ' ' || p_name)) s (spelling)
  );
end;
$$;
comment on function lead_bot.spellings_of is
  'The forms in which lead_bot.indexed_name may return a name that lead_bot.normal_name returns so: as it is, and with each legal form.';
revoke all on function lead_bot.spellings_of from public;
