create or replace function lead_bot.linkedin_page(p_domains text[])
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select left(c.linkedin_url::text, 500)
      from public.company_enrichment c
     where c.domain = any (p_domains) and c.linkedin_url is not null
     limit 1
  );
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return null;
end;
$$;
comment on function lead_bot.linkedin_page is
  'A company''s LinkedIn page, looked up by its domains. Null when there is none, or no such column.';
revoke all on function lead_bot.linkedin_page from public;
