create or replace function lead_bot.entering_rows(p_developer_ids uuid[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
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
      from lead_bot.leads_of(p_developer_ids) l
      left join lateral (
        select o.id from lead_bot.alerts o where o.account_key = l.account_key and o.closed_at is null limit 1
      ) a on true
     where l.tier = 'hot'
  );
end;
$$;
comment on function lead_bot.entering_rows is 'The rows of lead_bot.entering; throws when one of them can''t be read.';
revoke all on function lead_bot.entering_rows from public;
