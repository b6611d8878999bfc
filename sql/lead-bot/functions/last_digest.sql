create or replace function lead_bot.last_digest(p_channel text)
returns lead_bot.messages
language sql stable security definer set search_path = ''
as $$
  select *
    from lead_bot.messages m
   where m.kind = 'digest' and m.channel = p_channel and (m.state not in ('gone', 'dead') or m.posted_at is not null)
     and m.payload ? 'made_at'
   order by (m.payload ->> 'made_at')::timestamptz desc
   limit 1;
$$;
comment on function lead_bot.last_digest is 'A channel''s newest digest; null before the first.';
revoke all on function lead_bot.last_digest from public;
