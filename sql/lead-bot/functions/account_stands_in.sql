create or replace function lead_bot.account_stands_in(p_account_key text, p_channels text[])
returns boolean
language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
begin
  return coalesce((
    select lead_bot.stands_in(a.id, p_channels)
      from lead_bot.alerts a
     where a.account_key = p_account_key
     order by a.closed_at is null desc, a.merged_into is null desc, a.opened_at desc
     limit 1
  ), false);
end;
$$;
comment on function lead_bot.account_stands_in is
  'Whether the alert that an answer about this company shows (the open one, else the newest) belongs to one of these channels.';
revoke all on function lead_bot.account_stands_in from public;
