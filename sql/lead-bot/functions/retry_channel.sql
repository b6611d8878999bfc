create or replace function lead_bot.retry_channel(p_channel text)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update lead_bot.channels c set paused_until = now() where c.channel in ('*', p_channel) and c.pauses > 0;
end;
$$;
comment on function lead_bot.retry_channel is
  'Lets the next message try a paused channel at once, because the last attempt didn''t show whether the channel works.';
revoke all on function lead_bot.retry_channel from public;
