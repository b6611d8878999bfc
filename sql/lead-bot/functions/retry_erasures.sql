create or replace function lead_bot.retry_erasures()
returns void
language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
begin
  update lead_bot.messages m
     set state = 'posted', refusals = 0, next_try_at = now()
   where m.state = 'dead' and m.removal is not null;
  update lead_bot.channels c set paused_until = now() where c.pauses > 0 and c.paused_until > now();
end;
$$;
comment on function lead_bot.retry_erasures is
  'Has messages that Slack has refused to remove, and channels that are paused, tried again: whoever erases may have mended the cause.';
revoke all on function lead_bot.retry_erasures from public;
