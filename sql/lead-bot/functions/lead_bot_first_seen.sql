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
  'True for the one bot that asks first about a signed HTTP request, false for a replay of it. Only requests whose signature is right may get here.';
revoke all on function public.lead_bot_first_seen from public, anon, authenticated;
grant execute on function public.lead_bot_first_seen to service_role, lead_bot;
