create or replace function public.lead_bot_take(
  p_limit int, p_lease_seconds int, p_sorts text[] default null
)
returns jsonb
language plpgsql volatile security definer
-- The index on due messages serves every query here, even while it is small compared with the posted messages.
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  -- Bots of the first versions don't say what they can draw.
  v_is_old boolean := p_sorts is null;
  v_sorts text[] := coalesce(p_sorts, '{card,rollup,digest,joined}');
  v_due lead_bot.messages[];
  v_message lead_bot.messages;
  v_read jsonb := '{}';
  v_json jsonb;
  v_begun timestamptz;
  v_reading interval := '0';
  v_bytes int := 0;
  v_action text;
  v_dropped uuid[] := '{}';
  -- The leased messages, in order.
  v_ids uuid[] := '{}';
  v_actions text[] := '{}';
  v_jsons jsonb[] := '{}';
  v_work jsonb := '[]';
  v_next_due_at timestamptz;
  v_bot text := lead_bot.calling_bot();
begin
  -- For lead_bot.alerts_json. Later ones leave out what they don't know.
  perform set_config('lead_bot.reads_every_step', (not v_is_old)::text, true);
  v_due := array(
    with candidates as materialized (
      select d.id, d.state, d.shown_version, d.looks, d.next_try_at, d.is_post,
             row_number() over (partition by c.channel, d.is_post order by d.rank, d.due_at, d.created_at) as place
        from lead_bot.due_channels() c
       cross join lateral (
         -- Slack takes about one new message a second per channel; updates don't count.
         (select f.*, true as is_post
            from generate_series(0, 3) r (rank)
           cross join lateral (
             select * from lead_bot.deliverable p
              where p.channel = c.channel and p.rank = r.rank::smallint and p.due_at <= now()
                and (p.sort is null or p.sort = any (v_sorts))
              order by p.due_at, p.created_at
              limit 1
           ) f
           where coalesce(c.next_post_at <= now(), true)
           order by r.rank
           limit 1)
         union all
         select f.*, false
           from generate_series(4, 8) r (rank)
          cross join lateral (
            select * from lead_bot.deliverable u
             where u.channel = c.channel and u.rank = r.rank::smallint and u.due_at <= now()
               and (u.sort is null or u.sort = any (v_sorts))
               and (coalesce(c.next_update_at <= now(), true)
                    or not u.is_update and coalesce(u.redraw_at > now(), true))
               and not (v_is_old and not u.is_update and u.redraw_at is not null)
               and (c.channel <> 'home' or u.rank < 8 or coalesce(c.next_post_at <= now(), true))
             order by u.due_at, u.created_at
             limit p_limit
          ) f
       ) d
       where coalesce(c.paused_until <= now(), true)
    )
    select m
      from lead_bot.messages m
      join candidates c on c.id = m.id
     where (m.lease_until is null or m.lease_until < now())
       -- Checked again under the row lock: another deliverer may have shown it since this statement began.
       and (m.state, m.shown_version, m.looks, m.next_try_at) = (c.state, c.shown_version, c.looks, c.next_try_at)
       and (m.removal is null or not c.is_post)
     -- Erased messages go even where nothing may be shown, so they mustn't queue behind messages that can't go. There
     -- is one post per channel, and it goes before the updates, of which there may be hundreds.
     order by m.urgent desc, coalesce(m.removal = 'erased', false) desc, c.is_post desc, m.kind = 'card' desc,
              c.place, m.next_try_at
     limit p_limit
       for no key update of m skip locked
  );

  -- Nobody is nudged about what is done, or outside working hours.
  foreach v_message in array v_due loop
    if v_message.rank < 4
      and (v_message.kind = 'dm' or v_message.payload ?| '{send_by,period}') and lead_bot.drop_moot(v_message.id)
    then
      v_dropped := v_dropped || v_message.id;
    end if;
  end loop;
  if v_dropped <> '{}' then
    v_due := array(select d from unnest(v_due) d where d.id <> all (v_dropped));
  end if;

  if v_due <> '{}' then
    perform lead_bot.share_lead_tables();
    -- Cards in bulk; lists are long, so one by one.
    v_begun := clock_timestamp();
    begin
      v_read := (
        select coalesce(jsonb_object_agg(r.id, r.message), '{}')
          from lead_bot.messages_json(array(select d.id from unnest(v_due) d where d.kind in ('card', 'notice', 'dm', 'home'))) r
      );
    exception when others then
      if not lead_bot.concerns_row(sqlstate) then
        raise;
      end if;
      -- Each is read by itself, so that only the unreadable one is missed.
    end;
    v_reading := clock_timestamp() - v_begun;
  end if;

  foreach v_message in array v_due loop
    -- If messages are slow to read, or long, take fewer: the others shouldn't wait for them.
    exit when v_ids <> '{}'
      and (v_bytes > 1000000 or (v_reading > '500 milliseconds' and not v_read ? v_message.id::text));

    -- A paused channel is tried with one message at a time.
    update lead_bot.channels c
       set paused_until = now() + make_interval(secs => p_lease_seconds)
     where c.channel in ('*', v_message.channel) and c.pauses > 0 and c.paused_until <= now();
    if not found and exists (
      select from lead_bot.channels c
       where c.channel in ('*', v_message.channel) and c.paused_until > now()
    ) then
      continue;
    end if;

    -- Home tabs that nobody waits for are drawn one a second: reading them takes a while, and Slack takes about 100 a
    -- minute.
    if v_message.rank < 4 or v_message.kind = 'home' and not v_message.urgent then
      insert into lead_bot.channels as c (channel, next_post_at)
      values (v_message.channel, now() + interval '1 second')
      on conflict (channel) do update set next_post_at = excluded.next_post_at where c.next_post_at <= now();
      continue when not found;
    end if;

    if v_message.rank < 4 then
      v_action := 'post';
    elsif v_message.state in ('pending', 'unclear') then
      v_action := 'look';
    elsif v_message.removal is not null then
      v_action := 'remove';
    elsif v_message.wanted_version > v_message.shown_version or v_message.redraw_at <= now() then
      v_action := 'update';
    else
      v_action := 'recheck';
    end if;

    v_json := v_read -> v_message.id::text;
    if v_json is null then
      v_begun := clock_timestamp();
      begin
        if v_message.kind = 'digest' and v_action in ('post', 'update') then
          perform lead_bot.refresh_digest(v_message.id);
        end if;
        v_json := (select r.message from lead_bot.messages_json(array[v_message.id]) r);
      exception when others then
        if not lead_bot.concerns_row(sqlstate) then
          raise;
        end if;
        -- The deliverer sets it aside, and the others are sent.
        v_json := jsonb_build_object('id', v_message.id, 'refusals', v_message.refusals, 'unreadable', sqlstate);
      end;
      v_reading := v_reading + (clock_timestamp() - v_begun);
    end if;
    if v_is_old then
      -- The status that such a bot knows of an alert that is over.
      v_json := replace(v_json::text, '"status": "merged"', '"status": "cooled"')::jsonb;
    end if;
    v_bytes := v_bytes + pg_column_size(v_json);
    v_ids := v_ids || v_message.id;
    v_actions := v_actions || v_action;
    v_jsons := v_jsons || (v_json || jsonb_build_object(
      'shown_hash', v_message.shown_hash,
      -- How long the user who pressed a button has waited. One who was refused has changed nothing.
      'gesture_ms', case when v_message.urgent and v_message.kind = 'card' and v_action = 'update' then (
        select greatest(0, round(extract(epoch from now() - g.at) * 1000))
          from lead_bot.last_gesture_at(v_message.alert_id) g (at)
         where g.at > coalesce((v_message.sends #>> '{-1,taken_at}')::timestamptz, '-infinity')
      ) end
    ));
  end loop;

  if v_ids <> '{}' then
    with leased as (
      update lead_bot.messages m
         set lease_token = gen_random_uuid(),
             lease_until = now() + make_interval(secs => p_lease_seconds),
             attempts = m.attempts + 1,
             -- Recorded before anything is sent: after a crash it shows that a post may have happened.
             attempted_at = case when w.action = 'post' then coalesce(m.attempted_at, now()) else m.attempted_at end,
             attempted_version = case when w.action = 'post' then m.wanted_version else m.attempted_version end,
             recheck_at = case when w.action = 'post' and m.attempted_at is not null
                               then now() + interval '1 minute' else m.recheck_at end,
             looks = case when w.action = 'post' then 0 else m.looks end,
             -- Drawn once more, by a bot that draws it as it should look now.
             redraw_at = case when v_is_old and w.action in ('post', 'update') then now() + interval '2 minutes'
                              else m.redraw_at end,
             state = case when w.action = 'look' then 'unclear' else m.state end,
             -- Unknown until the outcome is reported.
             shown_hash = case when w.action <> 'update' then m.shown_hash end,
             taken_at = clock_timestamp(), taken_by = v_bot,
             lost_leases = m.lost_leases + (m.lease_token is not null)::int
        from unnest(v_ids, v_actions) w (id, action)
       where m.id = w.id
      returning m.id, m.lease_token, m.attempts, m.attempted_at
    )
    select jsonb_agg(
             w.json || jsonb_build_object(
               'action', w.action, 'token', l.lease_token, 'attempts', l.attempts, 'attempted_at', l.attempted_at
             ) order by w.place
           )
      into v_work
      from unnest(v_ids, v_actions, v_jsons) with ordinality w (id, action, json, place)
      join leased l on l.id = w.id;
  end if;

  select min(greatest(
           f.due_at, c.paused_until,
           case when f.rank < 4 or c.channel = 'home' and f.rank = 8 then c.next_post_at end,
           case when f.rank >= 4 and (f.is_update or f.redraw_at <= now()) then c.next_update_at end
         ))
    into v_next_due_at
    from lead_bot.due_channels() c
   cross join generate_series(0, 8) r (rank)
   cross join lateral (
     select * from lead_bot.deliverable d
      where d.channel = c.channel and d.rank = r.rank::smallint
        and (d.sort is null or d.sort = any (v_sorts))
        and not (v_is_old and not d.is_update and d.redraw_at is not null)
      order by d.due_at, d.created_at
      limit 1
   ) f;

  return jsonb_build_object(
    'work', v_work,
    'next_due_ms', case when v_next_due_at is not null
                        then greatest(0, ceil(extract(epoch from v_next_due_at - now()) * 1000)) end
  );
end;
$$;
comment on function public.lead_bot_take is
  'Leases up to p_limit due messages to one deliverer: first updates that a user is waiting for, and at most one new post per second and channel. Records each attempt before it is made. Direct messages and reminders that have become pointless are given up. An unreadable message has its SQLSTATE as unreadable. next_due_ms: when to come back; null if nothing is left. p_sorts: what this bot can draw. Bots of the first versions pass none: they get what they can draw, and two minutes later another bot draws it again.';
revoke all on function public.lead_bot_take from public, anon, authenticated;
grant execute on function public.lead_bot_take to service_role, lead_bot;
