create or replace function lead_bot.erasures_left()
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(l) order by l.channel, l.kind), '[]')
      from (
        select coalesce(m.slack_channel, m.channel) as channel, m.kind, m.state = 'dead' or m.kind = 'home' and m.last_error is not null and m.next_try_at > now() + interval '10 minutes' as refused,
               p.reason is not null as paused, coalesce(p.reason, m.last_error) as reason, count(*) as count
          from (
            select * from lead_bot.messages e
             where e.removal = 'erased' and e.state <> 'gone'
                or e.redaction = 'erased' and e.state in ('pending', 'unclear', 'posted')
             limit 5000
          ) m
          left join lateral (
            select c.pause_reason as reason
              from lead_bot.channels c
             where c.channel in ('*', m.channel) and c.pauses > 0
             order by c.channel
             limit 1
          ) p on true
         group by 1, 2, 3, 4, 5
      ) l
  );
end;
$$;
comment on function lead_bot.erasures_left is
  'Which messages in Slack are still to be deleted, or redrawn without what was erased, and what is in the way. Counts at most 5,000.';
revoke all on function lead_bot.erasures_left from public;
