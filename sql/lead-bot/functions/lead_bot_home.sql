create or replace function public.lead_bot_home(p_user text, p_pages jsonb, p_channels text[] default null)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  -- HOME_ROWS in src/core/home.ts.
  c_mine constant int := 10;
  c_offers constant int := 5;
  c_free constant int := 10;
  c_moved constant int := 5;
  v_mine uuid[];
  v_offers uuid[];
  v_free uuid[];
  v_moved uuid[];
  v_done uuid;
  v_mine_from int;
  v_free_from int;
  v_mine_page uuid[];
  v_free_page uuid[];
  v_pictures jsonb;
begin
  perform lead_bot.share_lead_tables();
  v_mine := array(
    select w.id from lead_bot.own_rows(p_user) w
     where p_channels is null or lead_bot.stands_in(w.id, p_channels)
     order by w.place
  );
  select coalesce(array_agg(w.alert_id order by w.place) filter (where w.section = 'offers'), '{}'),
         coalesce(array_agg(w.alert_id order by w.place) filter (where w.section = 'moved' and w.is_contacted), '{}')
    into v_offers, v_moved
    from (
      select r.*, (select a.status = 'contacted' from lead_bot.alerts a where a.id = r.alert_id) as is_contacted
        from lead_bot.morning_rows(p_user) r
       where r.section <> 'mine'
    ) w
   where p_channels is null or lead_bot.stands_in(w.alert_id, p_channels);
  v_free := array(
    select a.id
      from lead_bot.alerts a
     where a.closed_at is null and a.status = 'open' and a.hold is null and a.cooling_since is null
       and not exists (select from lead_bot.offers o where o.alert_id = a.id and o.ended_at is null and o.until > now())
       and (p_channels is null or lead_bot.stands_in(a.id, p_channels))
     order by a.score desc nulls last, a.opened_at, a.id
  );
  v_done := (
    select u.alert_id
      from (
        select u.alert_id, u.before from lead_bot.undos u
         where u.actor = p_user and u.at > now() - interval '10 minutes'
         order by u.at desc
         limit 1
      ) u
     cross join lateral (select o.closed_at from lead_bot.alerts o where o.id = u.alert_id offset 0) a
     where a.closed_at is not distinct from (u.before ->> 'closed_at')::timestamptz
       and (p_channels is null or lead_bot.stands_in(u.alert_id, p_channels))
  );

  v_mine_from := lead_bot.page_start((p_pages ->> 'mine')::int, c_mine, cardinality(v_mine));
  v_free_from := lead_bot.page_start((p_pages ->> 'unclaimed')::int, c_free, cardinality(v_free));
  v_mine_page := v_mine[v_mine_from + 1 : v_mine_from + c_mine];
  v_free_page := v_free[v_free_from + 1 : v_free_from + c_free];
  v_pictures := (
    select coalesce(jsonb_object_agg(a.alert_id, a.picture), '{}')
      from lead_bot.alerts_json(
             v_mine_page || v_free_page || v_offers[:c_offers] || v_moved[:c_moved] || array_remove(array[v_done], null), true
           ) a
  );
  return jsonb_build_object(
    'pages', jsonb_build_object('mine', v_mine_from, 'unclaimed', v_free_from),
    'mine', jsonb_build_object('total', cardinality(v_mine), 'alerts', lead_bot.values_of(v_pictures, v_mine_page)),
    'offers', jsonb_build_object('total', cardinality(v_offers), 'alerts', lead_bot.values_of(v_pictures, v_offers[:c_offers])),
    'unclaimed', jsonb_build_object('total', cardinality(v_free), 'alerts', lead_bot.values_of(v_pictures, v_free_page)),
    'moved', jsonb_build_object('total', cardinality(v_moved), 'rows', coalesce((
      select jsonb_agg(jsonb_build_object('picture', v_pictures -> w.alert_id::text, 'news', coalesce(w.items, '[]')) order by w.place)
        from lead_bot.morning_rows(p_user) w
       where w.section = 'moved' and w.alert_id = any (v_moved[:c_moved])
    ), '[]')),
    'done', v_pictures -> v_done::text,
    'numbers', lead_bot.numbers_of(p_user, now() - interval '30 days')
  );
end;
$$;
comment on function public.lead_bot_home is
  'What an AE''s Home tab shows: theirs by what is due, what they have first call on, what anyone may claim, contacted companies that have changed, their newest gesture while it can be undone, and their numbers of 30 days. pages: where each list begins, moved back to its last page if need be. With p_channels, only what belongs to one of these.';
revoke all on function public.lead_bot_home from public, anon, authenticated;
grant execute on function public.lead_bot_home to service_role, lead_bot;
