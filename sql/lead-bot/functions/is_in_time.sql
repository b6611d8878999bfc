create or replace function lead_bot.is_in_time(p_before lead_bot.alerts, p_deadline text)
returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return case
    when p_before.due_at is not null then p_before.due_at > now()
    -- The bot looks at it within a minute or so, and then knows until when there is time.
    when p_before.waits_since > now() - interval '2 minutes'
      and (select p.deadlines ? p_deadline from lead_bot.poll_state p) then true
  end;
end;
$$;
comment on function lead_bot.is_in_time is
  'Whether an alert is claimed or contacted now before its deadline; null without one. p_deadline: claim or contact.';
revoke all on function lead_bot.is_in_time from public;
