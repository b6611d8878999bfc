create or replace function lead_bot.developers_at(p_emails text[])
returns uuid[]
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return array(
    select d.id
      from unnest(p_emails[1:5]) e (address)
     cross join lateral (
       select s.id from public.developer_signups s where left(lower(s.email), 320) = left(lower(left(e.address, 400)), 320) limit 5
     ) d
  );
-- The owner may have renamed a column or be replacing the table.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return '{}';
end;
$$;
comment on function lead_bot.developers_at is
  'The developers with the first five of these e-mail addresses, up to five of each, in any letter case; none if they can''t be read.';
revoke all on function lead_bot.developers_at from public;
