create or replace function lead_bot.retry_erasures()
returns void
language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
begin
  update lead_bot.messages m
     set state = 'posted', refusals = 0, next_try_at = now()
   where m.state = 'dead' and m.removal is not null;
  update lead_bot.messages m
     set next_try_at = now()
   where m.redaction = 'erased' and m.state in ('pending', 'unclear', 'posted') and m.kind = 'home';
  update lead_bot.channels c set paused_until = now() where c.pauses > 0 and c.paused_until > now();
end;
$$;
comment on function lead_bot.retry_erasures is
  'Retries removals that Slack refused, and paused channels: the operator who erases may have fixed the cause.';
revoke all on function lead_bot.retry_erasures from public;
