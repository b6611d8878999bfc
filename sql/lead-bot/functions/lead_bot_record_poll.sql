create or replace function public.lead_bot_record_poll(p_plan jsonb)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_channel text := p_plan ->> 'channel';
  v_entry record;
  v_result jsonb;
  v_alert_id uuid;
  v_message_id uuid;
  v_card lead_bot.messages;
  v_last_event bigint;
  v_opened uuid[] := '{}';
  v_rolled uuid[] := '{}';
  v_joined int := 0;
  v_cooled int;
  v_followed jsonb;
begin
  -- One poll is recorded at a time: the second of two replicas sees what the first one wrote.
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.record_poll', 0));

  -- Another bot has ended the first run since this plan was made. What only this plan has found turned hot
  -- in the meantime: it is news, and the next poll shows it.
  if p_plan ->> 'rollup_reason' = 'first-run' and exists (select from lead_bot.poll_state) then
    return jsonb_build_object('opened', 0, 'joined', 0, 'left', 0, 'returned', 0, 'cooled', 0);
  end if;

  select coalesce(max(e.id), 0) into v_last_event from lead_bot.alert_events e;
  v_cooled := lead_bot.close_cooled(
    (p_plan ->> 'rearm_seconds')::int,
    array(select (e ->> 'developer_id')::uuid from jsonb_array_elements(p_plan -> 'entries') e)
  );
  v_followed := lead_bot.follow_leads();

  for v_entry in
    select (e.value ->> 'developer_id')::uuid as developer_id, e.value ->> 'show' as show
      from jsonb_array_elements(p_plan -> 'entries') with ordinality e
     order by e.ordinality
  loop
    v_result := lead_bot.enter_lead(v_entry.developer_id);
    continue when v_result is null;
    v_alert_id := (v_result ->> 'alert_id')::uuid;

    if (v_result ->> 'opened')::boolean then
      v_opened := v_opened || v_alert_id;
      if v_entry.show = 'card' then
        perform lead_bot.want_card(v_alert_id, v_channel);
      elsif v_entry.show = 'rollup' then
        v_rolled := v_rolled || v_alert_id;
      end if;
    elsif (v_result ->> 'joined')::boolean then
      v_joined := v_joined + 1;
      -- A colleague who enters together with the one who opened the alert is on the first card already.
      if v_alert_id <> all (v_opened) then
        select * into v_card from lead_bot.messages m where m.dedupe_key = 'card:' || v_alert_id;
        if not found then
          -- So far the alert was a row of a roll-up, or silent: now there is news of it.
          if v_entry.show = 'card' then
            perform lead_bot.want_card(v_alert_id, v_channel);
          elsif v_entry.show = 'rollup' and v_alert_id <> all (v_rolled) and not exists (
            select from lead_bot.message_alerts r
              join lead_bot.messages u on u.id = r.message_id
             where r.alert_id = v_alert_id and u.kind = 'rollup'
          ) then
            v_rolled := v_rolled || v_alert_id;
          end if;
        elsif v_card.state not in ('gone', 'dead') then
          insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key, payload)
          values (
            'notice', v_alert_id, v_card.id, coalesce(v_card.slack_channel, v_card.channel),
            'joined:' || v_alert_id || ':' || v_entry.developer_id,
            jsonb_build_object('kind', 'joined', 'who', v_result ->> 'who', 'score', v_result -> 'score')
          )
          on conflict (dedupe_key) do nothing;
        end if;
      end if;
    end if;
  end loop;

  if cardinality(v_rolled) > 0 then
    insert into lead_bot.messages (kind, channel, dedupe_key, payload)
    values (
      'rollup', v_channel, 'rollup:' || v_rolled[1],
      jsonb_build_object(
        'reason', p_plan ->> 'rollup_reason', 'made_at', now(), 'total', cardinality(v_rolled)
      )
    )
    returning id into v_message_id;
    insert into lead_bot.message_alerts (message_id, alert_id, position)
    select v_message_id, r.alert_id, r.ordinality
      from unnest(v_rolled) with ordinality r (alert_id, ordinality);
  end if;

  -- The first poll is not over before all that was hot at it is in.
  if not coalesce((p_plan ->> 'unfinished')::boolean, false) then
    perform lead_bot.refresh_changed(v_last_event);
  end if;

  return v_followed || jsonb_build_object(
    'opened', cardinality(v_opened), 'joined', v_joined, 'cooled', v_cooled
  );
end;
$$;
comment on function public.lead_bot_record_poll is
  'Makes a poll''s plan true in one transaction: closes cooled alerts, notes who left and came back, enters new leads with their card or in one roll-up. Checks each lead again; safe to repeat.';
revoke all on function public.lead_bot_record_poll from public, anon, authenticated;
grant execute on function public.lead_bot_record_poll to service_role, lead_bot;
