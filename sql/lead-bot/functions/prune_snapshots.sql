create or replace function lead_bot.prune_snapshots()
returns void
language sql volatile security definer set search_path = ''
as $$
  -- What is needed for ever is the newest snapshot of a lead and the newest in which it was not hot.
  delete from lead_bot.lead_snapshots s
   where s.id in (
     select o.id
       from lead_bot.lead_snapshots o
      where o.taken_at < now() - interval '7 days'
        and exists (
          select from lead_bot.lead_snapshots n
           where n.developer_id = o.developer_id and n.id > o.id
             and (o.tier = 'hot' or n.tier is distinct from 'hot')
        )
      limit 20000
   );
$$;
comment on function lead_bot.prune_snapshots is
  'Deletes up to 20,000 snapshots that are older than seven days and superseded: the table stays near twice the number of leads plus a week of changes.';
revoke all on function lead_bot.prune_snapshots from public;
