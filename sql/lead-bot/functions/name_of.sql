create or replace function lead_bot.name_of(p_developer_id uuid)
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select left(case when lead_bot.normal_name(d.champion_name::text) is null then d.email::text else d.champion_name::text end, 200)
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
  'A lead''s name, else (also if it has nothing visible) the address, at most 200 characters; null if the lead isn''t in lead_dashboard.';
revoke all on function lead_bot.name_of from public;
