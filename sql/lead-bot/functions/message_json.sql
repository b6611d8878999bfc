create or replace function lead_bot.message_json(p_message_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select jsonb_build_object(
      'id', m.id,
      'kind', m.kind,
      'channel', m.channel,
      'slack_channel', m.slack_channel,
      'slack_ts', m.slack_ts,
      'thread_ts', p.slack_ts,
      'replaces', case when m.replaces_ts is not null
                       then jsonb_build_object('channel', m.replaces_channel, 'ts', m.replaces_ts) end,
      'version', m.wanted_version,
      'plain', m.plain,
      'attempts', m.attempts,
      'refusals', m.refusals,
      'attempted_at', m.attempted_at,
      'created_at', m.created_at,
      'unwanted', m.removal is not null,
      'payload', m.payload,
      'alerts', case when m.kind = 'notice' or m.removal is not null then '[]' else coalesce((
        select jsonb_agg(
          jsonb_build_object('section', s.section, 'picture', lead_bot.alert_json(s.alert_id, m.kind <> 'card', false))
          order by s.position
        )
        from (
          select * from lead_bot.message_alerts r
           where r.message_id = m.id
           order by r.position
           limit 100
        ) s
      ), '[]') end
    )
    from lead_bot.messages m
    left join lead_bot.messages p on p.id = m.parent_id
    where m.id = p_message_id
  );
end;
$$;
comment on function lead_bot.message_json is
  'A message with all the data that is needed to draw it; of a list, the first 100 alerts.';
revoke all on function lead_bot.message_json from public;
