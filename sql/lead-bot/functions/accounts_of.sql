create or replace function lead_bot.accounts_of(p_developer_ids uuid[])
returns table (developer_id uuid, account_key text)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select d.id, lead_bot.account_key(d.id, d.company_domain, d.email)
      from unnest(p_developer_ids) u (id)
     cross join lateral (
       select s.id, s.company_domain::text as company_domain, s.email::text as email
         from public.developer_signups s
        where s.id = u.id
       offset 0
     ) d;
-- The owner may have renamed a column or be replacing the table.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return;
end;
$$;
comment on function lead_bot.accounts_of is
  'The accounts of developers, from their signups alone. Ten times cheaper than lead_bot.tiers_of, which also tells whether they are leads.';
revoke all on function lead_bot.accounts_of from public;
