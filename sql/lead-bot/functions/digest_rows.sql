create or replace function lead_bot.digest_rows(p_since timestamptz, p_queue uuid[])
returns table (alert_id uuid, section text, place bigint)
language plpgsql stable security definer
-- Each branch uses its own index. A join with all alerts would read two years of them.
set search_path = '' set enable_seqscan = off
as $$
begin
  -- Limits: DIGEST_ROWS in src/core/lookup.ts. lead_bot_list continues both queues in the same order.
  return query
    with unclaimed as (
      select a.id, coalesce(a.score, 0) * extract(epoch from now() - a.opened_at)::float8 as urgency
        from lead_bot.alerts a
       where a.closed_at is null and a.status = 'open' and a.hold is null
       order by 2 desc, 1
       limit 12
    ),
    claimed as (
      select a.id, a.claimed_at
        from lead_bot.alerts a
       where a.closed_at is null and a.status = 'claimed' and a.hold is null
       order by 2, 1
       limit 8
    ),
    changes as (
      select c.alert_id, c.section, row_number() over (partition by c.section order by c.at desc, c.alert_id) as place
        from lead_bot.digest_changes(p_since, p_queue) c
       where c.section <> 'merged'
    )
    select u.id, 'unclaimed', row_number() over (order by u.urgency desc, u.id) from unclaimed u
    union all
    select c.id, 'claimed', row_number() over (order by c.claimed_at, c.id) from claimed c
    union all
    select c.alert_id, c.section, c.place from changes c where c.place <= 8;
end;
$$;
comment on function lead_bot.digest_rows is
  'What a digest made now would list: 12 to claim, by score times age; 8 to contact, oldest claim first; and 8 of each kind that have left the queue since p_since, newest first. p_queue as in lead_bot.digest_changes.';
revoke all on function lead_bot.digest_rows from public;
