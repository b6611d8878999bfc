create or replace function lead_bot.alerts_using(p_alert_ids uuid[], p_plan text, p_feature text)
returns setof uuid
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  if p_plan is null and p_feature is null then
    return;
  end if;
  return query execute format(
    'select distinct m.alert_id
       from lead_bot.alert_leads m
      cross join lateral (
        select %s as fits
          from public.internal_signals s
         where s.developer_id = m.developer_id
         order by s.captured_at desc nulls last, s.id desc
         limit 1
      ) n
      where m.alert_id = any ($1) and n.fits',
    case when p_feature is null then 'lower(left(s.billing_tier::text, 200)) = $2' else format('s.%I::boolean', p_feature) end
  ) using p_alert_ids, p_plan;
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch or invalid_text_representation
  or cannot_coerce then
  return;
end;
$$;
comment on function lead_bot.alerts_using is
  'Of these alerts those with a lead that has this feature (a column of internal_signals) in use, or else is on this plan.';
revoke all on function lead_bot.alerts_using from public;
