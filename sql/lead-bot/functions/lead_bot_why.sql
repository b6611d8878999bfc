create or replace function public.lead_bot_why(p_keys text[], p_emails text[] default '{}', p_channels text[] default null)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_key text;
  v_asked uuid[];
  v_people uuid[];
  v_tiers jsonb;
begin
  perform lead_bot.share_lead_tables();
  select k.account_key, k.asked into v_key, v_asked from lead_bot.account_known(p_keys, p_emails) k;
  -- A caller limited to some companies isn't told that there are others.
  if v_key is null or p_channels is not null and not lead_bot.account_stands_in(v_key, p_channels) then
    return null;
  end if;

  -- Who was asked for, whom its alerts show, then others: a company may have 20,000 developers.
  v_people := v_asked || array(
    select m.developer_id
      from (
        select o.id from lead_bot.alerts o where o.account_key = v_key order by o.opened_at desc limit 5
      ) a
     cross join lateral (
       select l.developer_id, l.left_at, l.score from lead_bot.alert_leads l where l.alert_id = a.id limit 50
     ) m
     where m.developer_id <> all (v_asked)
     group by m.developer_id
     order by bool_or(m.left_at is null) desc, max(m.score) desc nulls last, m.developer_id
     limit 25
  );
  if cardinality(v_people) < 25 then
    v_people := v_people || lead_bot.colleagues(v_key, v_people, 25 - cardinality(v_people));
  end if;
  v_tiers := (
    select coalesce(jsonb_object_agg(t.developer_id, to_jsonb(t)), '{}') from lead_bot.tiers_of(v_people) t
  );

  return jsonb_build_object(
    'picture', lead_bot.account_picture(v_key),
    'person', case when v_key like 'lead:%' then lead_bot.person_name(v_people[1]) end,
    'crossings', lead_bot.crossings_json(v_key, v_people, p_channels),
    'scores', lead_bot.scores_over_time(v_people),
    -- Hot, and in no open alert: as the next poll would read them.
    'entering', (
      select coalesce(jsonb_agg(
               jsonb_build_object('who', lead_bot.person_name((e.value ->> 'developer_id')::uuid), 'row', e.value)
             ), '[]')
        from jsonb_array_elements(lead_bot.entering(array(
          select u.id
            from unnest(v_people) u (id)
           cross join lateral (select v_tiers -> u.id::text as tier offset 0) t
           where t.tier ->> 'tier' = 'hot' or t.tier ->> 'account_key' is null and v_tiers ? u.id::text
           limit 20
        ))) e
    ),
    'hidden', (
      select coalesce(jsonb_agg(
               jsonb_build_object('who', lead_bot.person_name(h.id), 'score', h.score -> 'total_score', 'tier', h.score ->> 'tier')
               order by h.place
             ), '[]')
        from (
          select u.id, u.place, lead_bot.newest_score(u.id) as score
            from unnest(v_people) with ordinality u (id, place)
           where not v_tiers ? u.id::text and p_channels is null
           order by u.place
           limit 10
        ) h
    ),
    'watching_since', (select p.first_poll_at from lead_bot.poll_state p),
    'has_trigger', (
      select count(*) = 2
        from pg_catalog.pg_trigger g
       where g.tgrelid = to_regclass('public.lead_scores') and g.tgenabled <> 'D'
         and g.tgname in ('lead_bot_mark_insert', 'lead_bot_mark_update')
    )
  );
end;
$$;
comment on function public.lead_bot_why is
  'What the bot did about a company and didn''t: of the developer with one of these e-mail addresses, else of the first known key, shown by lead_dashboard or not; null if nobody is known. entering: hot leads that are in no open alert, as lead_bot_changes would return them; hidden: up to ten developers whom lead_dashboard doesn''t show. With p_channels, only a company that stands in one of these, and nobody hidden.';
revoke all on function public.lead_bot_why from public, anon, authenticated;
grant execute on function public.lead_bot_why to service_role, lead_bot;
