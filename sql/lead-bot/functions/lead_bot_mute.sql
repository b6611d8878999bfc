create or replace function public.lead_bot_mute(p_user text, p_kind text, p_muted boolean)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- MUTABLE in src/core/steps.ts.
  if p_kind <> all ('{offer,hand-over,morning,reminder,follow-up,news,escalation}') or char_length(p_user) > 30 then
    raise exception '% can''t be turned off', left(p_kind, 50) using errcode = 'invalid_parameter_value';
  end if;
  if p_muted then
    insert into lead_bot.muted (person, kind) values (p_user, p_kind) on conflict do nothing;
  else
    delete from lead_bot.muted d where d.person = p_user and d.kind = p_kind;
  end if;
  perform lead_bot.touch_home(p_user);
end;
$$;
comment on function public.lead_bot_mute is
  'Turns direct messages of one kind off or on for a user. Those that wait to be posted go too.';
revoke all on function public.lead_bot_mute from public, anon, authenticated;
grant execute on function public.lead_bot_mute to service_role, lead_bot;
