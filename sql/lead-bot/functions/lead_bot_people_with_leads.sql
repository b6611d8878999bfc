create or replace function public.lead_bot_people_with_leads()
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return (
    -- Skips from person to person in the index, however many leads each has.
    with recursive owners (person) as (
      (select a.owner from lead_bot.alerts a
        where a.closed_at is null and a.owner is not null
        order by a.owner
        limit 1)
      union all
      select (select a.owner from lead_bot.alerts a
               where a.closed_at is null and a.owner is not null and a.owner > w.person
               order by a.owner
               limit 1)
        from owners w
       where w.person is not null
    ),
    holders (person) as (
      (select o.holder from lead_bot.offers o where o.ended_at is null order by o.holder limit 1)
      union all
      select (select o.holder from lead_bot.offers o
               where o.ended_at is null and o.holder > h.person
               order by o.holder
               limit 1)
        from holders h
       where h.person is not null
    )
    select coalesce(jsonb_agg(p.person order by p.person), '[]')
      from (
        (select w.person from owners w where w.person is not null limit 500)
        union
        (select h.person from holders h where h.person is not null limit 500)
        order by 1
        limit 500
      ) p
  );
end;
$$;
comment on function public.lead_bot_people_with_leads is
  'Who has an open lead, or first call on one: at most 500 people.';
revoke all on function public.lead_bot_people_with_leads from public, anon, authenticated;
grant execute on function public.lead_bot_people_with_leads to service_role, lead_bot;
