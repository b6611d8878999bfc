create or replace function lead_bot.digest_rows(p_since timestamptz)
returns table (alert_id uuid, section text, place bigint)
language plpgsql stable security definer
-- Each branch uses its own index. A join with all alerts would read two years of them.
set search_path = '' set enable_seqscan = off
as $$
begin
  return query
    with chosen as (
      select a.id, a.opened_at, a.score, case a.status when 'open' then 'unclaimed' else 'claimed' end as part
        from lead_bot.alerts a
       where a.closed_at is null and a.status in ('open', 'claimed') and a.hold is null
      union all
      select a.id, a.opened_at, a.score, 'contacted'
        from lead_bot.alerts a
       where a.contacted_at > p_since and a.status = 'contacted'
      union all
      select a.id, a.opened_at, a.score, 'cooled'
        from lead_bot.alerts a
       where a.closed_at > p_since and a.status = 'cooled' and a.hold is distinct from 'not-a-fit'
    )
    select r.id, r.part, r.place
      from (
        select c.id, c.part,
               row_number() over (partition by c.part order by c.score desc nulls last, c.opened_at, c.id) as place
          from chosen c
      ) r
     -- DIGEST_ROWS in src/core/lookup.ts: what a digest shows.
     where r.place <= case r.part when 'unclaimed' then 12 else 8 end;
end;
$$;
comment on function lead_bot.digest_rows is
  'What a digest made now would list, 12 or 8 per section: unclaimed and claimed alerts, and those contacted or cooled since p_since.';
revoke all on function lead_bot.digest_rows from public;
