create or replace function lead_bot.want_rollup(p_alert_ids uuid[], p_channel text, p_reason text)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_rollup_id uuid;
  v_alert_ids uuid[];
  v_place int;
  v_is_home boolean;
begin
  if cardinality(p_alert_ids) = 0 then
    return;
  end if;
  -- A first run, or a storm, spans several polls, and is one message.
  select m.id into v_rollup_id
    from lead_bot.poll_state p
    left join lead_bot.card_channels c on c.channel = p_channel
    join lead_bot.messages m on m.id = case
      when c.channel is null then case when p_reason = 'first-run' then p.first_rollup else p.storm_rollup end
      else case when p_reason = 'first-run' then c.first_rollup else c.storm_rollup end
    end
   where m.state not in ('gone', 'dead') and m.removal is null
     and (p_reason = 'first-run'
          or p.storm_since > now() - interval '1 minute' and (c.channel is null or m.created_at >= p.storm_since));
  -- Skip what it lists already, unless that has had its own card since.
  v_alert_ids := array(
    select r.id
      from unnest(p_alert_ids) with ordinality r (id, place)
     where not exists (
       select from (select l.message_id from lead_bot.message_alerts l where l.alert_id = r.id offset 0) s
         join lead_bot.messages m on m.id = s.message_id
        where m.kind = 'rollup'
          and (m.id = v_rollup_id or not exists (
            select from lead_bot.messages c where c.dedupe_key = 'card:' || r.id
          ))
     )
     group by r.id
     order by min(r.place)
  );
  if cardinality(v_alert_ids) = 0 then
    return;
  end if;

  if v_rollup_id is null then
    insert into lead_bot.messages (kind, channel, dedupe_key, payload)
    values (
      'rollup', p_channel, 'rollup:' || v_alert_ids[1] || ':' || floor(extract(epoch from now()))::bigint,
      jsonb_build_object('reason', p_reason, 'made_at', now(), 'total', cardinality(v_alert_ids))
    )
    returning id into v_rollup_id;
    v_place := 0;
  else
    update lead_bot.messages m
       set payload = jsonb_set(m.payload, '{total}', to_jsonb((m.payload ->> 'total')::int + cardinality(v_alert_ids))),
           wanted_version = m.wanted_version + 1
     where m.id = v_rollup_id
    returning (m.payload ->> 'total')::int - cardinality(v_alert_ids) into v_place;
  end if;
  insert into lead_bot.message_alerts (message_id, alert_id, position)
  select v_rollup_id, r.id, v_place + r.place
    from unnest(v_alert_ids) with ordinality r (id, place);
  update lead_bot.card_channels c
     set first_rollup = case when p_reason = 'first-run' then v_rollup_id else c.first_rollup end,
         storm_rollup = case when p_reason = 'first-run' then c.storm_rollup else v_rollup_id end
   where c.channel = p_channel;
  v_is_home := not found;
  update lead_bot.poll_state p
     set first_rollup = case when v_is_home and p_reason = 'first-run' then v_rollup_id else p.first_rollup end,
         storm_rollup = case when v_is_home and p_reason <> 'first-run' then v_rollup_id else p.storm_rollup end,
         storm_since = case when p_reason = 'first-run' or p.storm_since > now() - interval '1 minute'
                            then p.storm_since else now() end
   where p.only_row;
end;
$$;
comment on function lead_bot.want_rollup is
  'Queues these alerts as one message, to which later polls of the same first run, or of the same minute, add.';
revoke all on function lead_bot.want_rollup from public;
