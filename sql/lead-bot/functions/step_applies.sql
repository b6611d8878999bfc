create or replace function lead_bot.step_applies(p_alert_id uuid, p_kind text, p_period timestamptz)
returns boolean
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
begin
  return exists (
    select from (select * from lead_bot.alerts o where o.id = p_alert_id offset 0) a
     where a.closed_at is null and a.hold is null
       and case
         when p_kind = 'news' then true
         when a.cooling_since is not null then false
         -- It ends the period. What it says is true until somebody has the lead again.
         when p_kind = 'return' then a.status = 'open'
         when a.waits_since is distinct from p_period then false
         when p_kind in ('reminder', 'escalation') then a.status = 'open'
         when p_kind = 'warning' then a.status = 'claimed'
         when p_kind = 'kept-again' then a.status = 'claimed' and a.keeps >= 2
         when p_kind = 'follow-up' then a.status = 'contacted' and a.outcome is null
         else false
       end
  );
end;
$$;
comment on function lead_bot.step_applies is
  'Whether an alert is still what a step of this kind and period was taken about, so that telling of it is no nudge about what is done.';
revoke all on function lead_bot.step_applies from public;
