create or replace function lead_bot.homes_with_leads()
returns uuid[]
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return array(
    select m.id from lead_bot.messages m
     where m.looked_at is not null and not m.payload ? 'idle'
     order by m.looked_at
  );
end;
$$;
comment on function lead_bot.homes_with_leads is
  'All Home tabs that may still list leads in Slack. Nobody knows which: they are drawn from what there is at that moment.';
revoke all on function lead_bot.homes_with_leads from public;
