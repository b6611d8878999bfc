create or replace function lead_bot.accounts_meant(p_alert_ids uuid[], p_developer_ids uuid[])
returns table (alert_id uuid, account_key text, target text, developer_ids uuid[], developer_keys text[], hot boolean[])
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
  return query
    with named as materialized (
      select l.alert_id, l.developer_id, l.entered_at
        from unnest(p_developer_ids) d (id)
       cross join lateral (
         select r.alert_id, r.developer_id, r.entered_at from lead_bot.alert_leads r
          where r.active and r.developer_id = d.id
         offset 0
       ) l
    ),
    members as materialized (
      select o.id, o.account_key, m.developer_id, m.entered_at
        from unnest(p_alert_ids) a (id)
       cross join lateral (
         select r.id, r.account_key, r.closed_at from lead_bot.alerts r where r.id = a.id offset 0
       ) o
        left join lateral (
          -- A company may have 20,000 developers: a sample decides for the rest.
          (select l.developer_id, l.entered_at from lead_bot.alert_leads l
            where l.alert_id = o.id and l.active and l.left_at is null limit 200)
          union
          (select l.developer_id, l.entered_at from lead_bot.alert_leads l
            where l.alert_id = o.id and l.active limit 200)
          union
          select n.developer_id, n.entered_at from named n where n.alert_id = o.id
        ) m on true
       where o.closed_at is null
    ),
    tiers as materialized (
      select * from lead_bot.tiers_of(array(select m.developer_id from members m where m.developer_id is not null))
    ),
    known as (
      select m.id, m.account_key, m.developer_id, m.entered_at, t.account_key as key, t.tier = 'hot' as is_hot,
             t.account_key not like 'lead:%' as has_company
        from members m
        left join tiers t on t.developer_id = m.developer_id and t.account_key is not null
    )
    select k.id, k.account_key,
           case
             when bool_or(k.key = k.account_key) then k.account_key
             when bool_or(k.has_company)
               then (array_agg(k.key order by k.entered_at, k.developer_id) filter (where k.has_company))[1]
             -- Unknown: they are no longer in the view, or have no company.
             when lead_bot.is_mail_provider(lead_bot.normal_domain(k.account_key)) then 'lead:' || min(k.developer_id::text)
             else coalesce(lead_bot.normal_domain(k.account_key), k.account_key)
           end,
           array_agg(k.developer_id) filter (where k.has_company),
           array_agg(k.key) filter (where k.has_company),
           array_agg(coalesce(k.is_hot, false)) filter (where k.has_company)
      from known k
     group by k.id, k.account_key;
end;
$$;
comment on function lead_bot.accounts_meant is
  'The account that each open alert should have now, judged by its leads: the current one if any lead still has it, else that of the first lead to enter. Also its leads that have a company, with their accounts. Of a large alert it looks at about 200 leads and at the given ones.';
revoke all on function lead_bot.accounts_meant from public;
