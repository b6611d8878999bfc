create or replace function lead_bot.asked_channel(p_developer_id uuid)
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_copied boolean := exists (select from lead_bot.copied_leads(array[p_developer_id]));
  v_score jsonb := case when v_copied then lead_bot.newest_score(p_developer_id) end;
  v_usage jsonb := case when v_copied then lead_bot.newest_usage(p_developer_id) end;
begin
  return (
    -- Without such a column in the owner's view, the name resolves to `missing`.
    select nullif(btrim(v.asked), '')
      from (
        select null::text as alert_channel, null::text as tier, null::int as total_score, null::int as project_count,
               null::bigint as api_calls_30d, null::timestamptz as last_active_at
      ) missing
     cross join lateral (
       select left(alert_channel::text, 200) as asked, tier::text as tier, total_score::text as total_score,
              project_count::text as project_count, api_calls_30d::text as api_calls_30d,
              last_active_at::text as last_active_at
         from public.lead_dashboard d
        where d.developer_id = p_developer_id
        limit case when v_copied then 10000 else 1 end
     ) v
     -- If the view has several rows for a lead, the newest score and usage decide.
     order by (v.tier is not distinct from v_score ->> 'tier'
               and v.total_score is not distinct from v_score ->> 'total_score') desc,
              (v.project_count is not distinct from v_usage ->> 'project_count'
               and v.api_calls_30d is not distinct from v_usage ->> 'api_calls_30d'
               and v.last_active_at is not distinct from v_usage ->> 'last_active_at') desc
     limit 1
  );
exception when others then
  if not lead_bot.concerns_row(sqlstate) then
    raise;
  end if;
  return null;
end;
$$;
comment on function lead_bot.asked_channel is
  'A lead''s alert_channel in lead_dashboard, from its newest row, cut to 200 characters; null if it is empty or there is no such column.';
revoke all on function lead_bot.asked_channel from public;
