create or replace function lead_bot.want_reply(
  p_alert_id uuid, p_kind text, p_fields jsonb, p_at timestamptz default now()
)
returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key, payload, created_at, next_try_at)
  select 'notice', p_alert_id, c.id, coalesce(c.slack_channel, c.channel),
         p_kind || ':' || p_alert_id || ':' || gen_random_uuid(), p_fields || jsonb_build_object('kind', p_kind),
         -- Until then it is no backlog.
         greatest(clock_timestamp(), p_at), p_at
    from lead_bot.messages c
   where c.dedupe_key = 'card:' || p_alert_id and c.state not in ('gone', 'dead') and c.removal is null
  returning id into v_id;
  return v_id;
end;
$$;
comment on function lead_bot.want_reply is
  'Wants a reply in the thread of an alert''s card, from a time on; returns its id, null where there is no card.';
revoke all on function lead_bot.want_reply from public;
