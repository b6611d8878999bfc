create or replace function public.lead_bot_take(p_limit int, p_lease_seconds int)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_message record;
  v_action text;
  v_token uuid;
  v_work jsonb := '[]';
  v_next_due_at timestamptz;
begin
  for v_message in
    with due as (
      select m.id, m.urgent, m.next_try_at, m.created_at, m.state, m.shown_version, m.looks,
             m.removal is null and m.state in ('pending', 'unclear')
               and (m.attempted_at is null or m.looks >= 2) as is_post,
             row_number() over (
               partition by m.channel, m.removal is null and m.state in ('pending', 'unclear')
                 and (m.attempted_at is null or m.looks >= 2)
               order by m.urgent desc, m.kind = 'card' desc, m.next_try_at, m.created_at, m.id
             ) as place
        from lead_bot.messages m
        left join lead_bot.messages p on p.id = m.parent_id
       where (
               m.state in ('pending', 'unclear')
               or (m.state = 'posted' and m.wanted_version > m.shown_version)
               or (m.state = 'posted' and m.redraw_at <= now())
               or (m.state = 'posted' and m.recheck_at <= now())
               or (m.state = 'posted' and m.removal is not null)
             )
         and m.next_try_at <= now()
         and not (m.state = 'posted'
                  and (m.wanted_version > m.shown_version or m.redraw_at <= now() or m.removal is not null)
                  and exists (select from lead_bot.channels c
                               where c.channel = '*' and c.next_update_at > now()))
         and (m.lease_until is null or m.lease_until < now())
         -- A reply below a second copy would go with it, so it waits until it is certain which copy stays.
         and (m.parent_id is null or p.state = 'posted' and p.recheck_at is null or m.removal is not null)
         and not exists (
           select from lead_bot.channels c
            where (c.channel = '*' or c.channel = m.channel) and c.paused_until > now()
         )
    )
    select m.*, due.is_post
      from lead_bot.messages m
      join due on due.id = m.id
     where (m.lease_until is null or m.lease_until < now())
       -- Checked again when the row is locked: another may have shown it since this statement began.
       and (m.state, m.shown_version, m.looks, m.next_try_at)
         = (due.state, due.shown_version, due.looks, due.next_try_at)
       and (m.removal is null or not due.is_post)
       -- Slack takes about one new message a second in a channel; updates are not counted so.
       and (not due.is_post or (
         due.place = 1 and not exists (
           select from lead_bot.channels c where c.channel = m.channel and c.next_post_at > now()
         )
       ))
     -- What was erased goes also where nothing may be shown, so it must not wait behind what may not go. A
     -- post is one in its channel and goes before updates, of which there may be hundreds.
     order by due.urgent desc, coalesce(m.removal = 'erased', false) desc, due.is_post desc, m.kind = 'card' desc, due.place, due.next_try_at
     limit p_limit
       for no key update of m skip locked
  loop
    -- A channel that was paused is tried with one message at a time.
    update lead_bot.channels c
       set paused_until = now() + make_interval(secs => p_lease_seconds)
     where c.channel in ('*', v_message.channel) and c.pauses > 0 and c.paused_until <= now();
    if not found and exists (
      select from lead_bot.channels c
       where c.channel in ('*', v_message.channel) and c.paused_until > now()
    ) then
      continue;
    end if;

    if v_message.is_post then
      insert into lead_bot.channels as c (channel, next_post_at)
      values (v_message.channel, now() + interval '1 second')
      on conflict (channel) do update set next_post_at = excluded.next_post_at where c.next_post_at <= now();
      continue when not found;
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

    v_token := gen_random_uuid();
    update lead_bot.messages m
       set lease_token = v_token,
           lease_until = now() + make_interval(secs => p_lease_seconds),
           attempts = m.attempts + 1,
           -- Written before anything is sent: whoever finds it knows that a post may have happened.
           attempted_at = case when v_action = 'post' then coalesce(m.attempted_at, now()) else m.attempted_at end,
           attempted_version = case when v_action = 'post' then m.wanted_version else m.attempted_version end,
           recheck_at = case when v_action = 'post' and m.attempted_at is not null
                             then now() + interval '1 minute' else m.recheck_at end,
           looks = case when v_action = 'post' then 0 else m.looks end,
           state = case when v_action = 'look' then 'unclear' else m.state end,
           -- Until the outcome is known nobody knows what Slack shows.
           shown_hash = case when v_action <> 'update' then m.shown_hash end
     where m.id = v_message.id;

    v_work := v_work || jsonb_build_array(
      lead_bot.message_json(v_message.id) || jsonb_build_object(
        'action', v_action, 'token', v_token, 'shown_hash', v_message.shown_hash
      )
    );
  end loop;

  select min(greatest(
           m.next_try_at,
           case when m.state = 'posted' and m.wanted_version = m.shown_version and m.removal is null
                then least(m.recheck_at, m.redraw_at) end,
           m.lease_until, c.paused_until, a.paused_until,
           case when m.state = 'posted'
                  and (m.wanted_version > m.shown_version or m.redraw_at <= now() or m.removal is not null)
                then a.next_update_at end,
           case when m.state <> 'posted' and m.removal is null and (m.attempted_at is null or m.looks >= 2)
                then c.next_post_at end
         ))
    into v_next_due_at
    from lead_bot.messages m
    left join lead_bot.messages p on p.id = m.parent_id
    left join lead_bot.channels c on c.channel = m.channel
    left join lead_bot.channels a on a.channel = '*'
   where (
           m.state in ('pending', 'unclear')
           or (m.state = 'posted' and m.wanted_version > m.shown_version)
           or (m.state = 'posted' and m.redraw_at is not null)
           or (m.state = 'posted' and m.recheck_at is not null)
           or (m.state = 'posted' and m.removal is not null)
         )
     and (m.parent_id is null or p.state = 'posted' and p.recheck_at is null or m.removal is not null);

  return jsonb_build_object(
    'work', v_work,
    'next_due_ms', case when v_next_due_at is not null
                        then greatest(0, ceil(extract(epoch from v_next_due_at - now()) * 1000)) end
  );
end;
$$;
comment on function public.lead_bot_take is
  'Leases up to p_limit due messages to one deliverer, updates that a person waits for first, at most one new post a second in a channel, and records each attempt before it is made. next_due_ms: when to come back, null when nothing is left.';
revoke all on function public.lead_bot_take from public, anon, authenticated;
grant execute on function public.lead_bot_take to service_role, lead_bot;
