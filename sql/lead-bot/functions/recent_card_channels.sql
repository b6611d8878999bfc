create or replace function lead_bot.recent_card_channels()
returns table (channel text, refused text, used_at timestamptz)
language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select k.channel, k.refused, k.used_at
      from lead_bot.card_channels k
     where k.used_at > now() - interval '90 days'
     order by k.used_at desc, k.channel
     limit 50;
end;
$$;
comment on function lead_bot.recent_card_channels is
  'The channels named in alert_channel within 90 days, at most 50, and why Slack last refused a card there.';
revoke all on function lead_bot.recent_card_channels from public;
