create or replace function lead_bot.leads_of(p_developer_ids uuid[], p_brief boolean)
returns table (developer_id uuid, account_key text, tier text, score int, lead jsonb)
language plpgsql stable security definer
set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  v_copied uuid[];
  v_single uuid[];
begin
  if p_developer_ids = '{}' then
    return;
  end if;
  v_copied := array(select c.developer_id from lead_bot.copied_leads(p_developer_ids) c);
  v_single := array(select u.id from unnest(p_developer_ids) u (id) where u.id is not null and u.id <> all (v_copied));
  begin
    return query select * from lead_bot.lead_rows(v_single, p_brief, 0);
  exception when others then
    if not lead_bot.concerns_row(sqlstate) then
      raise;
    end if;
    -- One of them makes the view unreadable. Read each by itself, so that only that one is missed.
    v_copied := v_copied || v_single;
  end;
  if v_copied = '{}' then
    return;
  end if;
  return query
    select r.* from (select distinct u.id from unnest(v_copied) u (id)) c
     cross join lateral lead_bot.lead_alone(c.id, p_brief) r;
end;
$$;
comment on function lead_bot.leads_of is
  'Leads as in lead_dashboard, with the components of the newest score, every value bounded; brief: shorter, for lists. A developer who isn''t in the view is no lead, and has no row. An unreadable one has no account, and its SQLSTATE as unreadable.';
revoke all on function lead_bot.leads_of from public;
