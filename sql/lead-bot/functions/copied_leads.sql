create or replace function lead_bot.copied_leads(p_developer_ids uuid[])
returns table (developer_id uuid, copies bigint)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select i.id, greatest(s.rows, 1) * greatest(u.rows, 1)
      from unnest(p_developer_ids) i (id)
     cross join lateral (
       select count(*) as rows
         from (select from public.lead_scores c where c.developer_id = i.id limit 1000) c
     ) s
     cross join lateral (
       select count(*) as rows
         from (select from public.internal_signals c where c.developer_id = i.id limit 1000) c
     ) u
     where s.rows > 1 or u.rows > 1;
-- The owner may have dropped, renamed or rebuilt the tables. Rely on lead_dashboard alone.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return;
end;
$$;
comment on function lead_bot.copied_leads is
  'Those of these leads that have several score or usage rows, and how often lead_dashboard may show them: it joins both without picking the newest.';
revoke all on function lead_bot.copied_leads from public;
