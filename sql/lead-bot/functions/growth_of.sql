create or replace function lead_bot.growth_of(p_developer_ids uuid[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_copied uuid[] := array(select c.developer_id from lead_bot.copied_leads(p_developer_ids) c);
  v_growth jsonb;
begin
  begin
    v_growth := (
      select jsonb_object_agg(i.id, to_jsonb(v.percent))
        from (select distinct u.id from unnest(p_developer_ids) u (id) where u.id <> all (v_copied)) i
       -- A column missing from the owner's view resolves to `missing`, and so to null.
       cross join (select null::numeric as api_call_growth_pct) missing
       cross join lateral (
         select api_call_growth_pct as percent from public.lead_dashboard d where d.developer_id = i.id limit 1
       ) v
    );
  exception when others then
    if not lead_bot.concerns_row(sqlstate) then
      raise;
    end if;
    -- One of them makes the view unreadable. Read each by itself.
    v_copied := p_developer_ids;
  end;
  return coalesce(v_growth, '{}') || coalesce((
    select jsonb_object_agg(l.developer_id, l.lead -> 'api_call_growth_pct') from lead_bot.leads_of(v_copied, true) l
  ), '{}');
end;
$$;
comment on function lead_bot.growth_of is
  'By developer, the growth of API calls in lead_dashboard, as lead_bot.leads_of reads it for a quarter of the cost.';
revoke all on function lead_bot.growth_of from public;
