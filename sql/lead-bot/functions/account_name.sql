create or replace function lead_bot.account_name(p_account_key text)
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return coalesce((
    select coalesce(left(c.company_name::text, 400), case when p_account_key like 'lead:%' then left(d.email::text, 320) end)
      from public.developer_signups d
      left join public.company_enrichment c on c.domain = d.company_domain
     where d.id = any (lead_bot.developers_of(p_account_key, 5))
     order by c.company_name is null
     limit 1
  ), lead_bot.enriched_name(p_account_key), p_account_key);
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return p_account_key;
end;
$$;
comment on function lead_bot.account_name is
  'A company''s name in a list: its name, else its domain; for a lead without a company, the address.';
revoke all on function lead_bot.account_name from public;
