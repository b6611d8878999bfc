create or replace function lead_bot.tell_news(p_alert lead_bot.alerts)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
begin
  return null;
end;
$$;
comment on function lead_bot.tell_news is 'What to tell of an alert now, which its people know from then on; null if there is nothing.';
revoke all on function lead_bot.tell_news from public;
