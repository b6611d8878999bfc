create or replace function lead_bot.linkedin_page(p_account_key text)
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_hosts text[] := lead_bot.hosts_of(p_account_key);
begin
  return (
    select left(c.linkedin_url::text, 500)
      from public.company_enrichment c
     where c.domain = any (v_hosts || array['www.' || p_account_key]) and c.linkedin_url is not null
     limit 1
  );
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return null;
end;
$$;
comment on function lead_bot.linkedin_page is
  'A company''s LinkedIn page, looked up by domain. Null when there is none, or no such column.';
revoke all on function lead_bot.linkedin_page from public;
