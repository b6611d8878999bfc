create or replace function public.lead_bot_first_seen(p_fingerprint text)
returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into lead_bot.seen_requests (fingerprint) values (p_fingerprint)
  on conflict (fingerprint) do nothing;
  return found;
end;
$$;
comment on function public.lead_bot_first_seen is
  'True for the first bot that asks about a signed HTTP request or an event, false for a replay. Call it only after Slack was found to be the sender.';
revoke all on function public.lead_bot_first_seen from public, anon, authenticated;
grant execute on function public.lead_bot_first_seen to service_role, lead_bot;
