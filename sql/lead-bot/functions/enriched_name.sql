create or replace function lead_bot.enriched_name(p_account_key text)
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_hosts text[] := lead_bot.hosts_of(p_account_key);
begin
  return (
    select left(c.company_name::text, 400)
      from public.company_enrichment c
     where c.domain = any (v_hosts || array['www.' || p_account_key]) and c.company_name is not null
     limit 1
  );
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return null;
end;
$$;
comment on function lead_bot.enriched_name is
  'A company''s name in enrichment, looked up by domain. lead_dashboard only knows it for leads that spell the domain the same way.';
revoke all on function lead_bot.enriched_name from public;
