create or replace function lead_bot.digest_rows(p_since timestamptz, p_queue uuid[])
returns table (alert_id uuid, section text, place bigint)
language plpgsql stable security definer
-- Each branch uses its own index. A join with all alerts would read two years of them.
set search_path = '' set enable_seqscan = off
as $$
begin
  return query
    with chosen as (
      select a.id, lead_bot.digest_section(a) as part, lead_bot.urgency(a) as weight
        from lead_bot.alerts a
       where a.closed_at is null and a.status in ('open', 'claimed') and a.hold is null
      union all
      select c.alert_id, c.section, extract(epoch from c.at)::double precision
        from lead_bot.digest_changes(p_since, p_queue) c
       where c.section <> 'merged'
    )
    select r.id, r.part, r.place
      from (
        select c.id, c.part, row_number() over (partition by c.part order by c.weight desc, c.id) as place from chosen c
      ) r
     -- DIGEST_ROWS in src/core/lookup.ts: what a digest shows.
     where r.place <= case r.part when 'unclaimed' then 12 else 8 end;
end;
$$;
comment on function lead_bot.digest_rows is
  'What a digest made now would list, 12 or 8 per section: the queue, most urgent first, and what has left it since p_since, newest first. p_queue as in lead_bot.digest_changes.';
revoke all on function lead_bot.digest_rows from public;
