create or replace function public.lead_bot_next_in_rotation(p_people text[])
returns text
language sql stable security definer set search_path = ''
as $$
  select p.id
    from unnest(p_people[1:500]) p (id)
   cross join lateral (
     select count(*) as offers, max(o.made_at) as last_at
       from lead_bot.offers o
      where o.holder = p.id and o.source = 'rotation' and o.made_at > now() - interval '30 days'
        -- Not a turn: a snooze interrupted it, or someone else got the lead.
        and o.ended is distinct from 'withdrawn'
   ) o
   cross join lateral (
     -- Of the last 30 days, a day at least: somebody who was away gets as many a day as the others, not all at once.
     select greatest(30 - coalesce(extract(epoch from sum(
              least(w.until, now()) - greatest(w.since, now() - interval '30 days')
            )) / 86400, 0), 1) as present
       from lead_bot.away w
      where w.person = p.id and w.until > now() - interval '30 days' and w.since < now()
   ) d
   order by o.offers / d.present, o.last_at nulls first, p.id
   limit 1;
$$;
comment on function public.lead_bot_next_in_rotation is
  'Of these people the one who had the fewest turns for each day that they were there, in the last 30 days; then the one whose last turn is longest ago.';
revoke all on function public.lead_bot_next_in_rotation from public, anon, authenticated;
grant execute on function public.lead_bot_next_in_rotation to service_role, lead_bot;
