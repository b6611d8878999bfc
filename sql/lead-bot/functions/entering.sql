create or replace function lead_bot.entering(p_developer_ids uuid[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(
             l.lead || jsonb_build_object('open_alert', case
               when a.id is null then 'none'
               when exists (select from lead_bot.messages c where c.dedupe_key = 'card:' || a.id) then 'with-card'
               else 'without-card'
             end)
             order by coalesce(l.score between 0 and 100, false) desc, l.score desc, l.developer_id
           ), '[]')
      from lead_bot.leads_of(array(
             select d.id from unnest(p_developer_ids) d (id)
              where d.id is not null
                and not exists (select from lead_bot.alert_leads m where m.active and m.developer_id = d.id)
           ), true) l
      left join lateral (
        select o.id from lead_bot.alerts o where o.account_key = l.account_key and o.closed_at is null limit 1
      ) a on true
     where l.tier = 'hot' and l.account_key not like 'lead:%' or l.account_key is null
  );
end;
$$;
comment on function lead_bot.entering is
  'Those of these developers that are hot, have a company and are in no open alert, best first, with the state of their account''s alert. An unreadable one has its SQLSTATE as unreadable.';
revoke all on function lead_bot.entering from public;
