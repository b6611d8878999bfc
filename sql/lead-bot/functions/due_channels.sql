create or replace function lead_bot.due_channels()
returns table (channel text, paused_until timestamptz, next_post_at timestamptz, next_update_at timestamptz)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
    -- Skips from channel to channel in the index, however many messages each has.
    with recursive due (channel) as (
      (select m.channel from lead_bot.messages m where m.due_at is not null order by m.channel limit 1)
      union all
      select (select m.channel from lead_bot.messages m
               where m.due_at is not null and m.channel > d.channel
               order by m.channel
               limit 1)
        from due d
       where d.channel is not null
    )
    select d.channel, greatest(c.paused_until, a.paused_until), c.next_post_at,
           case d.channel when 'home' then c.next_update_at else a.next_update_at end
      from due d
      left join lead_bot.channels c on c.channel = d.channel
      left join lead_bot.channels a on a.channel = '*'
     where d.channel is not null;
end;
$$;
comment on function lead_bot.due_channels is
  'Channels with messages to deliver, now or later, and until when each has to wait. All Home tabs are in the channel home.';
revoke all on function lead_bot.due_channels from public;
