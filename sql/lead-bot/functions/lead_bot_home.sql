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
  v_told jsonb;
  v_moved_rows jsonb;
begin
  perform lead_bot.share_lead_tables();
  v_mine := lead_bot.standing_in(array(select w.id from lead_bot.own_rows(p_user) w order by w.place), p_channels);
  v_free := lead_bot.standing_in(lead_bot.free_alerts(), p_channels);
  -- An offer runs until a poll has ended it and has everything redrawn, even if its time is up before that.
  v_offers := lead_bot.standing_in(array(
    select o.alert_id
      from lead_bot.offers o
     cross join lateral (
       select l.status, l.hold, l.closed_at from lead_bot.alerts l where l.id = o.alert_id offset 0
     ) a
     where o.holder = p_user and o.ended_at is null and a.status = 'open' and a.hold is null and a.closed_at is null
     order by o.until, o.alert_id
  ), p_channels);
  select lead_bot.standing_in(coalesce(array_agg(w.alert_id order by w.place) filter (where w.section = 'moved'
           and (select a.status = 'contacted' from lead_bot.alerts a where a.id = w.alert_id)), '{}'), p_channels),
         jsonb_object_agg(w.alert_id, w.items) filter (where w.section = 'moved')
    into v_moved, v_told
    from lead_bot.morning_rows(p_user) w;
  v_done := (lead_bot.standing_in(array(
    select u.alert_id
      from (
        select n.alert_id, n.before from lead_bot.undos n
         where n.actor = p_user and n.at > now() - interval '10 minutes'
         order by n.at desc
         limit 1
      ) u
     cross join lateral (select o.closed_at from lead_bot.alerts o where o.id = u.alert_id offset 0) a
     where a.closed_at is not distinct from (u.before ->> 'closed_at')::timestamptz
  ), p_channels))[1];

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
  v_moved_rows := (
    select coalesce(jsonb_agg(jsonb_build_object('picture', v_pictures -> i.id::text, 'news', n.items) order by i.place), '[]')
      from unnest(v_moved[:c_moved]) with ordinality i (id, place)
      join lead_bot.known_of(v_moved[:c_moved]) k on k.alert_id = i.id
     cross join lateral (
       select coalesce(lead_bot.named_news(a, k.known), nullif(v_told -> i.id::text, 'null')) as items
         from (select * from lead_bot.alerts o where o.id = i.id offset 0) a
       offset 0
     ) n
     -- Null: whoever it was about can't be named any more.
     where n.items is not null
  );
  return jsonb_build_object(
    'read_at', now(),
    'pages', jsonb_build_object('mine', v_mine_from, 'unclaimed', v_free_from),
    'mine', jsonb_build_object('total', cardinality(v_mine), 'alerts', lead_bot.values_of(v_pictures, v_mine_page)),
    'offers', jsonb_build_object('total', cardinality(v_offers), 'alerts', lead_bot.values_of(v_pictures, v_offers[:c_offers])),
    'unclaimed', jsonb_build_object('total', cardinality(v_free), 'alerts', lead_bot.values_of(v_pictures, v_free_page)),
    'moved', jsonb_build_object(
      'total', cardinality(v_moved) - cardinality(v_moved[:c_moved]) + jsonb_array_length(v_moved_rows), 'rows', v_moved_rows
    ),
    'done', v_pictures -> v_done::text,
    'numbers', lead_bot.numbers_of(p_user, now() - interval '30 days', p_channels)
  );
end;
$$;
comment on function public.lead_bot_home is
  'What an AE''s Home tab shows: theirs by what is due, what they have first call on, what anyone may claim, contacted companies that have changed, their newest gesture while it can be undone, and their numbers of 30 days. pages: where each list begins, moved back to its last page if need be. With p_channels, only what belongs to one of these. read_at: what is due by then is late, whatever the bot''s clock says, since home_changes_at has it drawn again at that very moment.';
revoke all on function public.lead_bot_home from public, anon, authenticated;
grant execute on function public.lead_bot_home to service_role, lead_bot;
