create or replace function public.lead_bot_muted(p_user text)
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(d.kind order by d.kind), '[]') from lead_bot.muted d where d.person = p_user;
$$;
comment on function public.lead_bot_muted is 'The kinds of direct messages that a user has turned off.';
revoke all on function public.lead_bot_muted from public, anon, authenticated;
grant execute on function public.lead_bot_muted to service_role, lead_bot;
