create or replace function lead_bot.touch_home(p_user text)
returns void
language sql volatile security definer set search_path = ''
as $$
  update lead_bot.messages m
     set wanted_version = m.wanted_version + 1, urgent = true,
         next_try_at = greatest(now(), m.posted_at + interval '0.5 seconds')
   where m.dedupe_key = 'home:' || p_user and m.looked_at > now() - interval '7 days' and m.state = 'posted';
$$;
comment on function lead_bot.touch_home is
  'Has a user''s Home tab drawn again, because they have changed a setting of theirs. After lead_bot.touch_alerts, if both are called.';
revoke all on function lead_bot.touch_home from public;
