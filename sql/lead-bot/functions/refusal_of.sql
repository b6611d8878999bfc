create or replace function lead_bot.refusal_of(p_alert lead_bot.alerts, p_user text, p_manager boolean)
returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when p_alert.id is null then 'not-found'
    when p_alert.closed_at is not null then 'over'
    when p_alert.hold = 'not-a-fit' then 'not-a-fit'
    when p_alert.owner <> p_user and not p_manager then 'not-yours'
  end;
end;
$$;
comment on function lead_bot.refusal_of is
  'Why somebody may not work on an alert: it is not there, over, not a fit, or another AE''s; null when they may. Anyone may while nobody has it.';
revoke all on function lead_bot.refusal_of from public;
