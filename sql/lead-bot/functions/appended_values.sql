create or replace function lead_bot.appended_values(p_developer_id uuid)
returns table (owner_email text, crm_url text, fields_type text, readable boolean)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  return query
    select v.owner_email, v.crm_url, v.fields_type, true
      from (select null::text as owner_email, null::text as crm_url, null::jsonb as card_fields) missing
     cross join lateral (
       select nullif(btrim(left(owner_email::text, 321)), '') as owner_email,
              nullif(left(crm_url::text, 3001), '') as crm_url,
              jsonb_typeof(to_jsonb(card_fields)) as fields_type
         from public.lead_dashboard d
        where d.developer_id = p_developer_id
        limit 1
     ) v;
exception when others then
  if not lead_bot.concerns_row(sqlstate) then
    raise;
  end if;
  return query select null::text, null::text, null::text, false;
end;
$$;
comment on function lead_bot.appended_values is
  'The unchecked values of a lead in the columns that the owner may add to lead_dashboard; not readable if one of them fails.';
revoke all on function lead_bot.appended_values from public;
