create or replace function lead_bot.has_many_directs(p_person text)
returns boolean
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
  return (
    select count(*) >= 5
      from (
        select from lead_bot.messages m
         where m.kind = 'dm' and m.channel = p_person and m.created_at > now() - interval '14 hours' and m.state <> 'gone'
         order by m.created_at desc
         limit 5
      ) lately
  );
end;
$$;
comment on function lead_bot.has_many_directs is
  'Whether a person got five direct messages in the last 14 hours: since they began to work today, wherever they are. More would be noise, so they are mentioned in the thread, or it waits.';
revoke all on function lead_bot.has_many_directs from public;
