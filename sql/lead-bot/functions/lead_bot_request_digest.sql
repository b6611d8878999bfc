create or replace function public.lead_bot_request_digest(
  p_channel text, p_local_date date, p_due_at timestamptz, p_post_empty boolean default true
)
returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_first_poll_at timestamptz := (select p.first_poll_at from lead_bot.poll_state p);
  v_key text := 'digest:' || p_channel || ':' || p_local_date;
  v_last lead_bot.messages;
  v_since timestamptz;
  v_from timestamptz;
  v_frame jsonb;
  v_queue uuid[];
  v_week jsonb;
  v_empty boolean;
  v_message_id uuid;
begin
  -- A finite date may still be unreadable: 4713 BC, or the year 5874897.
  if not coalesce(
    p_local_date between '1970-01-01' and '9999-12-31' and p_due_at between '1970-01-01' and '9999-12-31' and p_channel <> '',
    false
  ) then
    raise exception 'a digest is of a date, for a channel' using errcode = '22023';
  end if;
  -- A poll being recorded opens and closes alerts: they are in this digest or in the next.
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.record_poll', 0));
  if exists (select from lead_bot.messages m where m.dedupe_key = v_key) then
    return 'exists';
  end if;
  if v_first_poll_at is null then
    return 'too-early';
  end if;
  -- No digest was missed before there was a bot: its first run has just reported what is hot.
  if v_first_poll_at > p_due_at then
    return 'before-first-poll';
  end if;
  -- The next digest counts from the last one made, so it includes what this one would have said.
  if p_due_at < now() - interval '6 hours' then
    return 'too-late';
  end if;

  -- An unposted older digest is out of date. This one replaces it.
  update lead_bot.messages m
     set state = 'gone', last_error = 'superseded by a newer digest'
   where m.kind = 'digest' and m.channel = p_channel and m.dedupe_key <> v_key
     and m.state = 'pending' and m.attempted_at is null;

  v_last := lead_bot.last_digest(p_channel);
  v_since := (v_last.payload ->> 'made_at')::timestamptz;
  v_from := coalesce(v_since, now() - interval '1 day');
  -- Both in one statement: the next digest compares its queue with what this one counts.
  select lead_bot.digest_json(v_from, v_last.queue),
         array(
           select a.id from lead_bot.alerts a
            where a.closed_at is null and a.status in ('open', 'claimed') and a.hold is null
         )
    into v_frame, v_queue;
  if not exists (
    select from generate_series(date_trunc('week', p_local_date::timestamp), (p_local_date - 1)::timestamp, '1 day') d (day)
     cross join lateral (
       select from lead_bot.messages m
        where m.dedupe_key = 'digest:' || p_channel || ':' || d.day::date
          -- One that was superseded said nothing.
          and (m.state not in ('gone', 'dead') or m.posted_at is not null or m.last_error = 'nothing to say')
       offset 0
     ) m
  ) then
    v_week := lead_bot.week_json(p_due_at);
  end if;
  v_empty := v_week is null and not exists (
    select from (values (v_frame -> 'counts'), (v_frame -> 'changes')) f (part)
     cross join lateral jsonb_each_text(f.part) n
     where n.value <> '0'
  );
  insert into lead_bot.messages (kind, channel, dedupe_key, state, last_error, queue, payload)
  values (
    'digest', p_channel, v_key,
    case when v_empty and not p_post_empty then 'gone' else 'pending' end,
    case when v_empty and not p_post_empty then 'nothing to say' end,
    v_queue,
    v_frame || jsonb_build_object(
      'made_at', v_frame -> 'as_of', 'since', v_since, 'previous', v_last.id, 'local_date', p_local_date
    ) || case when v_week is null then '{}' else jsonb_build_object('week', v_week) end
  )
  on conflict (dedupe_key) do nothing
  returning id into v_message_id;
  if not found then
    return 'exists';
  end if;
  if v_empty and not p_post_empty then
    return 'nothing';
  end if;
  insert into lead_bot.message_alerts (message_id, alert_id, section, position)
  select v_message_id, r.alert_id, r.section,
         array_position(array['unclaimed', 'claimed', 'contacted', 'not-a-fit', 'snoozed', 'cooled'], r.section) * 100
           + r.place
    from lead_bot.digest_rows(v_from, v_last.queue) r;
  return 'made';
end;
$$;
comment on function public.lead_bot_request_digest is
  'Makes the digest of a channel and local date, idempotently. made: by this call; exists; before-first-poll: it was due before there was a bot; too-early: no poll is recorded yet, ask again; too-late: it was due more than six hours ago; nothing: it would be empty, and p_post_empty is off. The first one of a calendar week also has the numbers of the seven days before.';
revoke all on function public.lead_bot_request_digest from public, anon, authenticated;
grant execute on function public.lead_bot_request_digest to service_role, lead_bot;
