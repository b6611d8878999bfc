create or replace function lead_bot.note_channel_works(p_channel text, p_is_post boolean)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if p_is_post then
    update lead_bot.card_channels c set refused = null, refused_at = null
     where c.channel = p_channel and c.refused is not null;
  end if;
  update lead_bot.channels c
     set paused_until = null, pauses = 0, pause_reason = null
   where c.channel in ('*', p_channel) and c.pauses > 0;
end;
$$;
comment on function lead_bot.note_channel_works is
  'Ends the pause of a channel, and of all of Slack, after a call that succeeded there.';
revoke all on function lead_bot.note_channel_works from public;
