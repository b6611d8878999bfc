create or replace function lead_bot.redact_messages(p_message_ids uuid[], p_why text)
returns bigint
language sql volatile security definer set search_path = ''
as $$
  with shown as (
    select m.id
      from lead_bot.messages m
     where m.id = any (p_message_ids) and m.state not in ('gone', 'dead') and m.removal is null
     order by m.id
       for no key update
  ),
  changed as (
    update lead_bot.messages m
       set wanted_version = m.wanted_version + 1,
           urgent = m.urgent or p_why = 'erased',
           redaction = case
             when m.slack_ts is null and m.attempted_at is null then m.redaction
             when m.redaction = 'erased' then 'erased'
             else p_why
           end,
           next_try_at = case when m.kind = 'home' and p_why = 'erased' then least(m.next_try_at, now()) else m.next_try_at end
      from shown
     where m.id = shown.id
    returning m.id
  )
  select count(*) from changed;
$$;
comment on function lead_bot.redact_messages is
  'Has messages redrawn because they show something that must not stay. Those that Slack never lets us update are removed instead. Returns how many are affected.';
revoke all on function lead_bot.redact_messages from public;
