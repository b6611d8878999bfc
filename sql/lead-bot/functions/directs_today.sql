create or replace function lead_bot.directs_today(p_person text)
returns int
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
  return (
    select count(*)
      from (
        select from lead_bot.messages m
         where m.kind = 'dm' and m.channel = p_person and m.created_at > now() - interval '14 hours' and m.state <> 'gone'
         order by m.created_at desc
         limit 5
      ) lately
  );
end;
$$;
comment on function lead_bot.directs_today is
  'How many direct messages a person got in the last 14 hours: since they began to work today, wherever they are. At most 5, because more is noise: first call is mentioned in the thread from 3 on, what can wait waits from 4 on, and the rest goes to the thread from 5 on.';
revoke all on function lead_bot.directs_today from public;
