create or replace function public.lead_bot_note_call(p_function text, p_ms int)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if (p_function ~ '^lead_bot_[a-z_]{2,30}$' and p_ms between 0 and 3600000) is not true then
    raise exception 'no call of the bot' using errcode = '22023';
  end if;
  insert into lead_bot.sweep_state default values on conflict do nothing;
  update lead_bot.sweep_state s
     set slowest_call = p_function, slowest_ms = p_ms, slowest_at = now()
   where s.only_row
     and (s.slowest_ms <= p_ms or s.slowest_at <= now() - interval '1 hour' or s.slowest_at is null);
end;
$$;
comment on function public.lead_bot_note_call is
  'Reports a bot''s slowest recent call. The worst of the last hour is kept for npm run doctor.';
revoke all on function public.lead_bot_note_call from public, anon, authenticated;
grant execute on function public.lead_bot_note_call to service_role, lead_bot;
