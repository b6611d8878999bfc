create or replace function lead_bot.digest_rows(p_since timestamptz)
returns table (alert_id uuid, section text, place bigint)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
begin
  return query
  with ids as (
    select a.id from lead_bot.alerts a where a.closed_at is null and a.status in ('open', 'claimed')
    union
    select a.id from lead_bot.alerts a where a.contacted_at > p_since
    union
    select a.id from lead_bot.alerts a where a.closed_at > p_since
  ),
  chosen as (
    select a.id, a.opened_at, a.score,
           case
             when a.closed_at is null and a.status = 'open' then 'unclaimed'
             when a.closed_at is null and a.status = 'claimed' then 'claimed'
             when a.status = 'contacted' and a.contacted_at > p_since then 'contacted'
             when a.status = 'cooled' and a.closed_at > p_since then 'cooled'
           end as section
      from ids
     cross join lateral (select * from lead_bot.alerts o where o.id = ids.id offset 0) a
  )
  select c.id, c.section,
         row_number() over (
           partition by c.section order by c.score desc nulls last, c.opened_at, c.id
         )
    from chosen c
   where c.section is not null;
end;
$$;
comment on function lead_bot.digest_rows is
  'What a digest made now would list: unclaimed and claimed alerts, and those contacted or cooled since p_since.';
revoke all on function lead_bot.digest_rows from public;
