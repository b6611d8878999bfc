create or replace function lead_bot.note_rate_limit(p_channel text, p_is_update boolean, p_until timestamptz)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Slack limits posts per channel, and updates and Home tabs per workspace, each without the others.
  if p_is_update then
    insert into lead_bot.channels as c (channel, next_update_at)
    values (case p_channel when 'home' then 'home' else '*' end, p_until)
    on conflict (channel) do update set next_update_at = greatest(c.next_update_at, excluded.next_update_at);
  else
    insert into lead_bot.channels as c (channel, next_post_at) values (p_channel, p_until)
    on conflict (channel) do update set next_post_at = greatest(c.next_post_at, excluded.next_post_at);
  end if;
end;
$$;
comment on function lead_bot.note_rate_limit is
  'Holds back posts to a channel, all updates, or all Home tabs, until Slack''s rate limit is over.';
revoke all on function lead_bot.note_rate_limit from public;
