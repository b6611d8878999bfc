create or replace function lead_bot.messages_json(p_message_ids uuid[])
returns table (id uuid, message jsonb)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    with told as materialized (
      select m.id as message_id, m.kind = 'card' or m.kind = 'dm' and m.alert_id is not null as is_card, s.alert_id, s.section, s.position
        from unnest(p_message_ids) i (id)
        join lead_bot.messages m on m.id = i.id
       cross join lateral (
         select * from lead_bot.message_alerts r
          where r.message_id = m.id
          order by r.position
          limit 100
       ) s
       where m.kind <> 'notice' and m.removal is null
    ),
    drawn as materialized (
      select true as is_card, a.*
        from lead_bot.alerts_json(array(select t.alert_id from told t where t.is_card), false, false) a
      union all
      select false, a.*
        from lead_bot.alerts_json(array(select t.alert_id from told t where not t.is_card), true, false) a
    )
    select m.id, jsonb_build_object(
      'id', m.id,
      'kind', m.kind,
      -- A reply goes to where its card is, which may have moved.
      'channel', coalesce(p.slack_channel, m.channel),
      'slack_channel', m.slack_channel,
      'slack_ts', m.slack_ts,
      'thread_ts', p.slack_ts,
      'replaces', case when m.replaces_ts is not null
                       then jsonb_build_object('channel', m.replaces_channel, 'ts', m.replaces_ts) end,
      'version', m.wanted_version,
      'plain', m.plain,
      'refusals', m.refusals,
      'created_at', m.created_at,
      'unwanted', m.removal is not null,
      'payload', m.payload,
      -- The card that a reply refers to, unless it is its parent.
      'continues_at', case when m.payload ? 'into' and p.dedupe_key <> 'card:' || (m.payload ->> 'into')
                           then lead_bot.card_address((m.payload ->> 'into')::uuid) end,
      'alerts', coalesce((
        select jsonb_agg(jsonb_build_object('section', t.section, 'picture', d.picture) order by t.position)
          from told t
          left join drawn d on d.alert_id = t.alert_id and d.is_card = t.is_card
         where t.message_id = m.id
      ), '[]')
    )
      from unnest(p_message_ids) i (id)
      join lead_bot.messages m on m.id = i.id
      left join lead_bot.messages p on p.id = m.parent_id;
end;
$$;
comment on function lead_bot.messages_json is
  'Messages with all data needed to draw them; of a list, the first 100 alerts.';
revoke all on function lead_bot.messages_json from public;
