create or replace function public.lead_bot_who_is_away(p_people text[])
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('person', w.person, 'until', w.until, 'cover', w.cover)), '[]')
    from unnest(p_people[1:500]) p (id)
   cross join lateral (
     select * from lead_bot.away a
      where a.person = p.id and a.until > now() and a.since <= now()
      order by a.until desc
      limit 1
   ) w;
$$;
comment on function public.lead_bot_who_is_away is 'Those of these people (at most 500) who are away now, until when, and their cover.';
revoke all on function public.lead_bot_who_is_away from public, anon, authenticated;
grant execute on function public.lead_bot_who_is_away to service_role, lead_bot;
