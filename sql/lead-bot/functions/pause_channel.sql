create or replace function lead_bot.pause_channel(p_channel text, p_reason text)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into lead_bot.channels as c (channel, paused_until, pauses, pause_reason)
  values (p_channel, now() + interval '15 seconds', 1, p_reason)
  on conflict (channel) do update
    set pauses = least(c.pauses + 1, 20),
        pause_reason = excluded.pause_reason,
        -- 15 s, doubling up to 5 min: an invitation is noticed soon, and a dead channel costs little.
        paused_until = now() + least(interval '5 minutes', interval '15 seconds' * (2 ^ least(c.pauses, 10)));
end;
$$;
comment on function lead_bot.pause_channel is
  'Pauses a channel, or with * all of Slack: 15 s at first, doubling up to 5 min.';
revoke all on function lead_bot.pause_channel from public;
