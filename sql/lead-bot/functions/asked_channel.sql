create or replace function lead_bot.asked_channel(p_developer_id uuid)
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    -- Where the owner's view has no such column, the name is found in `missing`.
    select nullif(btrim(v.asked), '')
      from (select null::text as alert_channel) missing
     cross join lateral (
       select left(alert_channel::text, 200) as asked
         from public.lead_dashboard d
        where d.developer_id = p_developer_id
        limit 1
     ) v
  );
exception when others then
  if not lead_bot.concerns_row(sqlstate) then
    raise;
  end if;
  return null;
end;
$$;
comment on function lead_bot.asked_channel is
  'What lead_dashboard says in alert_channel of a lead, cut to 200 characters; null when it says nothing or has no such column.';
revoke all on function lead_bot.asked_channel from public;
