create or replace function public.lead_bot_refuse(
  p_user text, p_team text, p_channel text, p_action text, p_why text, p_alert_id uuid
)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_actor text := left(p_user, 40);
  v_action text := left(p_action, 100);
begin
  -- One at a time per person, so that two bots don't both find nothing.
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.refuse:' || v_actor, 0));
  if exists (
    select from lead_bot.access_refusals r
     where r.actor = v_actor and r.action = v_action and r.why = p_why
       and r.at > now() - interval '1 minute'
  ) then
    return;
  end if;
  insert into lead_bot.access_refusals (actor, team, channel, action, why, alert_id)
  values (v_actor, left(p_team, 40), left(p_channel, 40), v_action, p_why, p_alert_id);
end;
$$;
comment on function public.lead_bot_refuse is
  'Logs that a user was refused, at most once a minute for the same user, action and reason: a flood of clicks doesn''t become a flood of rows.';
revoke all on function public.lead_bot_refuse from public, anon, authenticated;
grant execute on function public.lead_bot_refuse to service_role, lead_bot;
