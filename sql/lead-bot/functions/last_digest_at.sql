create or replace function lead_bot.last_digest_at(p_channel text)
returns timestamptz
language sql stable security definer set search_path = ''
as $$
  select max((m.payload ->> 'made_at')::timestamptz)
    from lead_bot.messages m
   where m.kind = 'digest' and m.channel = p_channel and (m.state not in ('gone', 'dead') or m.posted_at is not null);
$$;
comment on function lead_bot.last_digest_at is 'When a channel''s newest digest was made; null before the first.';
revoke all on function lead_bot.last_digest_at from public;
