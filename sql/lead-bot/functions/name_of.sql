create or replace function lead_bot.name_of(p_developer_id uuid)
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(nullif(left(d.champion_name::text, 200), ''), left(d.email::text, 200))
      from public.lead_dashboard d
     where d.developer_id = p_developer_id
     limit 1
  );
exception when others then
  if sqlstate in ('42P01', '42703') or lead_bot.concerns_row(sqlstate) then
    return null;
  end if;
  raise;
end;
$$;
comment on function lead_bot.name_of is
  'A lead''s name, else the address, 200 characters at the most; null when lead_dashboard does not show the lead.';
revoke all on function lead_bot.name_of from public;
