create or replace function public.lead_bot_take_steps(p_steps jsonb, p_readers jsonb, p_together boolean)
returns int
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  -- What only managers are told of can have several readers, all else has one.
  v_to text := p_readers #>> '{0,to}';
  v_at timestamptz := (p_readers #>> '{0,at}')::timestamptz;
  v_send_by jsonb := p_readers #> '{0,send_by}';
  v_is_person boolean := coalesce(v_to ~ '^[UW]', false);
  -- More is noise: see lead_bot.directs_today.
  v_directs int := case when v_is_person then lead_bot.directs_today(v_to) else 0 end;
  v_together boolean := p_together and v_directs < 5;
  v_in_list boolean := v_together and v_is_person;
  v_locked uuid[];
  v_step record;
  v_alert lead_bot.alerts;
  v_period timestamptz;
  v_news jsonb;
  v_message uuid;
  v_taken uuid[] := '{}';
  v_refused uuid[] := '{}';
  v_put_off uuid[] := '{}';
  v_busy text[];
  -- For a direct message that lists them, and for a reply that speaks for all.
  v_listed jsonb := '[]';
  v_reminded uuid[] := '{}';
  v_reader record;
begin
  if coalesce(jsonb_array_length(p_readers), 0) = 0 then
    return 0;
  end if;
  -- lead_bot.look_for_steps reads leads once an alert has another owner.
  if p_steps @> '[{"kind": "news"}]' or p_steps @> '[{"kind": "return"}]' then
    perform lead_bot.share_lead_tables();
  end if;
  -- One that is locked is being changed, or taken by another bot, and looked at again after that.
  v_locked := array(
    select a.id from lead_bot.alerts a
     where a.id = any (array(select (s.value ->> 'alert_id')::uuid from jsonb_array_elements(p_steps) s))
     order by a.id
       for no key update skip locked
  );

  v_busy := array(
    select r.value ->> 'to'
      from jsonb_array_elements(p_readers) with ordinality r
     where case r.ordinality when 1 then v_directs else lead_bot.directs_today(r.value ->> 'to') end >= 4
  );

  for v_step in
    select (s.value ->> 'alert_id')::uuid as alert_id, s.value ->> 'kind' as kind,
           (s.value ->> 'period')::timestamptz as period, s.value -> 'until' as until
      from jsonb_array_elements(p_steps) with ordinality s
     where (s.value ->> 'alert_id')::uuid = any (v_locked)
     order by s.ordinality
  loop
    -- The caller read it some time ago.
    select * into v_alert from lead_bot.alerts a where a.id = v_step.alert_id;
    v_refused := v_refused || v_alert.id;
    continue when v_alert.waits_since is distinct from v_step.period
      or not lead_bot.step_applies(
        v_alert.id, case v_step.kind when 'return' then 'warning' else v_step.kind end, v_step.period
      )
      or exists (select from lead_bot.steps s where s.alert_id = v_alert.id and s.at > now() - interval '1 hour')
      or case v_step.kind
        when 'reminder' then exists (
          select from lead_bot.offers o
           where o.alert_id = v_alert.id and o.ended_at is null and o.until > now() and o.holder is distinct from v_to
        )
        when 'escalation' then not v_is_person
        when 'kept-again' then not v_is_person
        when 'news' then v_alert.owner is distinct from v_to or v_alert.news is null
          or coalesce(v_alert.news_told_at > now() - interval '24 hours', false)
        when 'return' then v_alert.owner is distinct from v_to or not exists (
          select from lead_bot.steps s
            join lead_bot.messages m on m.id = s.message_id
           where s.alert_id = v_alert.id and s.kind = 'warning' and s.period = v_alert.waits_since
             and m.posted_at <= now() - interval '2 hours'
        )
        else v_alert.owner is distinct from v_to
      end;
    -- Who is about to lose a lead can't wait for another day.
    if cardinality(v_busy) = jsonb_array_length(p_readers) and (case v_step.kind
      when 'news' then v_in_list or not exists (
        select from lead_bot.messages c where c.dedupe_key = 'card:' || v_alert.id and c.state not in ('gone', 'dead')
      )
      else v_step.kind in ('escalation', 'kept-again', 'follow-up')
    end) then
      v_put_off := v_put_off || v_alert.id;
      continue;
    end if;
    v_period := v_step.period;
    v_news := null;
    if v_step.kind = 'news' then
      v_period := now();
      v_news := lead_bot.tell_news(v_alert);
      continue when v_news is null;
    end if;
    insert into lead_bot.steps (alert_id, kind, period, bot)
    values (v_alert.id, v_step.kind, v_period, lead_bot.calling_bot())
    on conflict do nothing;
    continue when not found;
    v_taken := v_taken || v_alert.id;

    v_message := null;
    case v_step.kind
    when 'reminder' then
      perform lead_bot.log_event(
        v_alert.id, 'reminded', null, null, 'open', 'open', case when v_is_person then v_to end
      );
      if not v_together then
        v_message := lead_bot.want_reminder(v_alert.id, jsonb_build_object(
          'to', v_to, 'since', v_alert.waits_since, 'others', 0, 'period', v_period, 'send_by', v_send_by
        ), v_at);
      elsif not v_is_person or lead_bot.has_muted(v_to, 'reminder') then
        v_reminded := v_reminded || v_alert.id;
      end if;
    when 'return' then
      -- Nothing from before can be undone.
      delete from lead_bot.undos u where u.alert_id = v_alert.id;
      update lead_bot.alerts a
         set status = 'open', owner = null, claimed_at = null, handed_by = null, handed_from = null, handed_at = null,
             waits_since = now(), keeps = 0
       where a.id = v_alert.id;
      perform lead_bot.log_event(v_alert.id, 'expired', null, null, 'claimed', 'open', v_alert.owner);
      v_message := lead_bot.want_reply(
        v_alert.id, 'expired',
        jsonb_build_object('owner', case when not v_in_list then v_to end, 'send_by', v_send_by),
        case when v_in_list then now() else v_at end
      );
    when 'news' then
      if not v_in_list then
        v_message := lead_bot.want_reply(v_alert.id, 'news', jsonb_build_object(
          'owner', case when not lead_bot.has_muted(v_to, 'news') then v_to end,
          'contacted', v_alert.status = 'contacted', 'items', v_news, 'send_by', v_send_by
        ), v_at);
      end if;
    else
      perform lead_bot.log_event(
        v_alert.id, case v_step.kind when 'warning' then 'warned' when 'follow-up' then 'asked' else 'escalated' end,
        null, null, v_alert.status, v_alert.status, v_alert.owner
      );
      if v_step.kind = 'warning' and v_directs >= 5 then
        v_message := lead_bot.want_reply(v_alert.id, 'warned', jsonb_build_object(
          'owner', v_to, 'until', v_step.until, 'period', v_period, 'send_by', v_send_by
        ), v_at);
      elsif not v_together then
        v_directs := v_directs + 1;
        v_message := (
          select (array_agg(lead_bot.want_dm(
                   v_alert.id, v_step.kind, r.value ->> 'to',
                   jsonb_build_object('period', v_period, 'send_by', r.value -> 'send_by')
                     || jsonb_strip_nulls(jsonb_build_object('until', v_step.until)),
                   (r.value ->> 'at')::timestamptz
                 ) order by r.ordinality))[1]
            from jsonb_array_elements(p_readers) with ordinality r
           where not lead_bot.has_muted(r.value ->> 'to', v_step.kind)
             and (r.value ->> 'to' <> all (v_busy) or v_step.kind = 'warning')
             -- A manager's own Keep.
             and (v_step.kind <> 'kept-again' or r.value ->> 'to' <> v_alert.owner)
        );
      end if;
    end case;

    -- Without a card there is no thread to tell them in.
    if v_in_list or v_is_person and v_message is null and not (v_step.kind = 'return' and v_directs >= 5) then
      v_listed := v_listed || jsonb_build_array(jsonb_build_object(
        'alert_id', v_alert.id, 'kind', v_step.kind, 'period', v_period, 'news', v_news,
        'kept_by', case v_step.kind when 'kept-again' then v_alert.owner end
      ));
    else
      update lead_bot.steps s
         set message_id = v_message
       where s.alert_id = v_alert.id and s.kind = v_step.kind and s.period = v_period;
    end if;
  end loop;

  if v_reminded <> '{}' then
    v_message := null;
    for v_alert in
      select a.* from unnest(v_reminded) with ordinality r (id, place) join lead_bot.alerts a on a.id = r.id order by r.place
    loop
      v_message := lead_bot.want_reminder(v_alert.id, jsonb_build_object(
        'to', v_to, 'since', v_alert.waits_since, 'others', cardinality(v_reminded) - 1, 'period', v_alert.waits_since,
        'send_by', v_send_by
      ), v_at);
      exit when v_message is not null;
    end loop;
    update lead_bot.steps s
       set message_id = v_message
      from unnest(v_reminded) r (id)
      join lead_bot.alerts a on a.id = r.id
     where s.alert_id = a.id and s.kind = 'reminder' and s.period = a.waits_since;
  end if;

  for v_reader in
    select r.value ->> 'to' as person, (r.value ->> 'at')::timestamptz as at, r.value -> 'send_by' as send_by,
           (
             select jsonb_agg(l.value order by l.ordinality)
               from jsonb_array_elements(v_listed) with ordinality l
              where not lead_bot.has_muted(r.value ->> 'to', l.value ->> 'kind')
                and r.value ->> 'to' is distinct from l.value ->> 'kept_by'
           ) as rows
      from jsonb_array_elements(p_readers) with ordinality r
     order by r.ordinality
  loop
    continue when v_reader.rows is null;
    insert into lead_bot.messages (kind, channel, dedupe_key, payload, created_at, next_try_at)
    select 'dm', v_reader.person, 'due:' || v_reader.person || ':' || gen_random_uuid(), jsonb_build_object(
             'kind', 'due', 'to', v_reader.person, 'send_by', v_reader.send_by, 'total', count(*),
             'periods', jsonb_object_agg(r.value ->> 'alert_id', r.value -> 'period'),
             'news', coalesce(
               jsonb_object_agg(r.value ->> 'alert_id', r.value -> 'news') filter (where r.value ->> 'kind' = 'news'), '{}'
             )
           ), greatest(clock_timestamp(), v_reader.at), v_reader.at
      from jsonb_array_elements(v_reader.rows) r
    returning id into v_message;
    insert into lead_bot.message_alerts (message_id, alert_id, section, position)
    select v_message, (r.value ->> 'alert_id')::uuid, r.value ->> 'kind', r.ordinality
      from jsonb_array_elements(v_reader.rows) with ordinality r;
    update lead_bot.steps s
       set message_id = v_message
      from jsonb_array_elements(v_reader.rows) r
     where s.alert_id = (r.value ->> 'alert_id')::uuid and s.kind = r.value ->> 'kind'
       and s.period = (r.value ->> 'period')::timestamptz and s.message_id is null;
  end loop;

  -- At most one step an alert and hour, whatever these have changed. One that was refused is decided on anew, but not
  -- at each poll.
  update lead_bot.alerts a
     set step_due_at = clock_timestamp()
           + case when a.id = any (v_taken || v_put_off) then interval '1 hour' else interval '1 minute' end
   where a.id = any (v_taken || v_put_off) or a.id = any (v_refused) and a.step_due_at <= now();
  perform lead_bot.touch_alerts(v_taken, false) where v_taken <> '{}';
  return cardinality(v_taken);
end;
$$;
comment on function public.lead_bot_take_steps is
  'Takes these steps, and tells the readers of them: each by itself, or p_together in one message each. Those that no longer apply, were taken before, or come within an hour of another one aren''t. Returns how many were.';
revoke all on function public.lead_bot_take_steps from public, anon, authenticated;
grant execute on function public.lead_bot_take_steps to service_role, lead_bot;
