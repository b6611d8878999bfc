create or replace function public.lead_bot_record_poll(p_plan jsonb)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_channel text := p_plan ->> 'channel';
  v_rearm_seconds int := (p_plan ->> 'rearm_seconds')::int;
  v_unfinished boolean := coalesce((p_plan ->> 'unfinished')::boolean, false);
  -- An older bot version names no marks, and doesn't call lead_bot_follow.
  v_is_old boolean := p_plan -> 'marks' is null;
  v_marks bigint[];
  v_tiers jsonb;
  v_failed jsonb := '[]';
  v_entry record;
  v_result jsonb;
  v_alert_id uuid;
  v_part record;
  v_has_card boolean;
  v_card_waits boolean;
  v_is_news boolean;
  v_noted uuid[] := '{}';
  v_opened uuid[] := '{}';
  v_carded uuid[] := '{}';
  v_rolled uuid[] := '{}';
  v_news jsonb := '[]';
  v_joined int := 0;
  v_closed uuid[];
  v_drawn uuid[];
  v_settled jsonb;
  v_offers_due boolean;
begin
  -- Polls are recorded one at a time: the second of two replicas sees what the first one wrote.
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.record_poll', 0));
  perform lead_bot.share_lead_tables();
  insert into lead_bot.poll_state default values on conflict do nothing;
  update lead_bot.poll_state p set alert_channel = v_channel where p.only_row and p.alert_channel is distinct from v_channel;
  -- Another bot ended the first run after this plan was made. Leads that only this plan found turned hot since then:
  -- they are news, and left to the next poll.
  if p_plan ->> 'rollup_reason' = 'first-run'
    and exists (select from lead_bot.poll_state p where p.first_poll_at is not null) then
    return jsonb_build_object(
      'opened', 0, 'joined', 0, 'left', 0, 'returned', 0, 'cooled', 0, 'redrawn', 0, 'failed', '[]'::jsonb
    );
  end if;
  v_closed := lead_bot.close_cooled(v_rearm_seconds, 50);

  -- Read in bulk or, if that fails, one by one.
  begin
    select coalesce(jsonb_object_agg(t.developer_id, to_jsonb(t)), '{}') into v_tiers
      from lead_bot.tiers_of(array(
        select (e.value ->> 'developer_id')::uuid from jsonb_array_elements(p_plan -> 'entries') e
      )) t;
  exception
    when serialization_failure or deadlock_detected then
      raise;
    when others then
      v_tiers := null;
  end;
  for v_entry in
    select (e.value ->> 'developer_id')::uuid as developer_id, e.value ->> 'show' as show
      from jsonb_array_elements(p_plan -> 'entries') with ordinality e
     order by e.ordinality
  loop
    -- Each lead enters or fails by itself.
    begin
      v_result := lead_bot.enter_lead(v_entry.developer_id, v_tiers);
      if (v_result ->> 'opened')::boolean then
        perform lead_bot.route_alert((v_result ->> 'alert_id')::uuid, v_entry.developer_id, v_channel);
      end if;
    exception
      when serialization_failure or deadlock_detected then
        raise;
      when others then
        v_failed := v_failed || jsonb_build_array(
          jsonb_build_object('developer_id', v_entry.developer_id, 'code', sqlstate)
        );
        continue;
    end;
    continue when v_result is null;
    v_alert_id := (v_result ->> 'alert_id')::uuid;
    if v_result ->> 'closed' is not null then
      v_closed := v_closed || (v_result ->> 'closed')::uuid;
    end if;

    if (v_result ->> 'opened')::boolean then
      v_opened := v_opened || v_alert_id;
    elsif (v_result ->> 'joined')::boolean then
      v_joined := v_joined + 1;
      -- A colleague entering together with the lead that opened the alert is on the first card already.
      continue when v_alert_id = any (v_opened);
    else
      continue;
    end if;

    select m.state = 'pending' and m.attempted_at is null into v_card_waits
      from lead_bot.messages m
     where m.dedupe_key = 'card:' || v_alert_id;
    v_has_card := found;
    if v_alert_id <> all (v_opened) then
      -- Its owner is told in their own hours, by a step. Everyone else right away.
      v_is_news := (select a.owner is not null and a.known is not null from lead_bot.alerts a where a.id = v_alert_id);
      if v_is_news then
        v_noted := v_noted || v_alert_id;
        continue when v_has_card;
      else
        -- The next look finds who is hot, and takes it as known.
        update lead_bot.alerts a set known = a.known - 'leads' where a.id = v_alert_id and a.known ? 'leads';
      end if;
    end if;
    -- A card that isn't posted yet will show everyone who has joined by then.
    continue when v_entry.show = 'rollup' and v_card_waits;
    if v_entry.show = 'rollup' and not (v_has_card and lead_bot.notice_waits(v_alert_id)) then
      v_rolled := v_rolled || v_alert_id;
    elsif v_entry.show <> 'none' and v_has_card and v_alert_id <> all (v_carded) then
      v_news := v_news || jsonb_build_array(v_result || jsonb_build_object('developer_id', v_entry.developer_id));
    elsif v_entry.show = 'card' and not v_has_card then
      -- It is new; or it had only a row in a roll-up, or nothing, and now there is news.
      perform lead_bot.want_card(v_alert_id, v_channel);
      v_carded := v_carded || v_alert_id;
    end if;
  end loop;

  if cardinality(v_noted) > 0 then
    perform lead_bot.note_news(v_noted);
  end if;

  if cardinality(v_opened) > 0 then
    perform lead_bot.note_reasons(v_opened);
  end if;

  -- Not those of a roll-up.
  v_offers_due := lead_bot.want_offers(
    array(select c.id from unnest(v_carded) c (id) where c.id = any (v_opened)),
    coalesce((p_plan ->> 'offer_to_owners')::boolean, false), coalesce((p_plan ->> 'rotation')::boolean, false)
  );

  perform lead_bot.note_storm(cardinality(v_carded) + lead_bot.want_notices(v_news));
  for v_part in
    select coalesce(a.channel, v_channel) as channel, array_agg(r.id order by r.place) as alerts
      from unnest(v_rolled) with ordinality r (id, place)
     cross join lateral (select o.channel from lead_bot.alerts o where o.id = r.id offset 0) a
     group by 1
     order by 1
  loop
    perform lead_bot.want_rollup(v_part.alerts, v_part.channel, p_plan ->> 'rollup_reason');
  end loop;

  v_marks := case when v_is_old then lead_bot.marks_but_entering()
                  else array(select m.id::bigint from jsonb_array_elements_text(p_plan -> 'marks') m (id)) end;
  v_settled := lead_bot.settle_marks(v_marks, v_closed);
  v_drawn := array(select d.id::uuid from jsonb_array_elements_text(v_settled -> 'drawn') d (id));
  if v_is_old then
    v_drawn := v_drawn || lead_bot.examine_alerts(50);
  end if;
  perform lead_bot.touch_alerts(v_closed || v_drawn, false, cardinality(v_opened) > 0);

  -- The first poll isn't over until everything hot at its start is in.
  if not v_unfinished then
    update lead_bot.poll_state p set first_poll_at = clock_timestamp() where p.first_poll_at is null;
  end if;
  return jsonb_build_object(
    'opened', cardinality(v_opened), 'joined', v_joined, 'left', v_settled -> 'left',
    'returned', v_settled -> 'returned', 'cooled', cardinality(v_closed), 'redrawn', cardinality(v_drawn), 'failed', v_failed,
    'offers_due', v_offers_due
  );
end;
$$;
comment on function public.lead_bot_record_poll is
  'Carries out a poll''s plan in one transaction: closes cooled alerts, enters new leads with a card or in one roll-up, settles the given marks. Checks each lead again, and is safe to repeat. failed: leads that couldn''t enter, with their SQLSTATE.';
revoke all on function public.lead_bot_record_poll from public, anon, authenticated;
grant execute on function public.lead_bot_record_poll to service_role, lead_bot;
