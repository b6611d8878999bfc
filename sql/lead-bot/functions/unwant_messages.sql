create or replace function lead_bot.unwant_messages(p_message_ids uuid[], p_why text)
returns bigint
language sql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  with unwanted as (
    select u.id from lead_bot.messages u
     where u.id = any (p_message_ids) and (u.removal is null or u.state <> 'gone')
     order by u.id
       for no key update
  ),
  changed as (
    update lead_bot.messages m
       set removal = p_why, redaction = null, payload = '{}', last_error = null, refusals = 0,
           urgent = p_why <> 'expired',
           state = case
             -- Also when it counts as gone: that may only mean that it can't be edited any more.
             when m.slack_ts is not null then 'posted'
             when m.state = 'unclear' or m.state = 'pending' and m.attempted_at is not null then m.state
             else 'gone'
           end,
           -- Two searches may have been to see whether to post it again. One more comes a minute from now.
           looks = least(m.looks, 1), next_try_at = least(m.next_try_at, now())
      from unwanted
     where m.id = unwanted.id
    returning m.id
  )
  select count(*) from changed;
$$;
comment on function lead_bot.unwant_messages is
  'Has messages removed from Slack: waiting ones are canceled, those that may be on their way are removed once found. Returns how many are affected.';
revoke all on function lead_bot.unwant_messages from public;
