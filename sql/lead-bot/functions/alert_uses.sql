create or replace function lead_bot.alert_uses(p_alert_id uuid, p_plan text, p_feature text)
returns boolean
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return exists (
    select
      from lead_bot.alert_leads m
     cross join lateral (
       select to_jsonb(s) as usage
         from public.internal_signals s
        where s.developer_id = m.developer_id
        order by s.captured_at desc nulls last, s.id desc
        limit 1
     ) n
     where m.alert_id = p_alert_id
       and (lower(n.usage ->> 'billing_tier') = p_plan or n.usage ->> p_feature = 'true')
  );
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return false;
end;
$$;
comment on function lead_bot.alert_uses is
  'Whether a lead of the alert is on this plan, or has this feature (a column of internal_signals) in use.';
revoke all on function lead_bot.alert_uses from public;
