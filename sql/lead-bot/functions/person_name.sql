create or replace function lead_bot.person_name(p_developer_id uuid)
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(d.full_name, d.email)
      -- A column that the owner has dropped or renamed resolves to `missing`, and so to null.
      from (select null::text as full_name, null::text as email) missing
     cross join lateral (
       select left(full_name::text, 200) as full_name, left(email::text, 320) as email
         from public.developer_signups s
        where s.id = p_developer_id
     ) d
  );
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return null;
end;
$$;
comment on function lead_bot.person_name is
  'A developer''s name, else the address, in lead_dashboard or not; null if unknown.';
revoke all on function lead_bot.person_name from public;
