create or replace function lead_bot.send_outcomes_again()
returns bigint
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alerts uuid[];
  v_count bigint;
begin
  v_alerts := array(
    select q.alert_id from lead_bot.outcome_queues q
     -- As the index has it.
     where q.alert_id in (select o.alert_id from lead_bot.outcomes o where o.state = 'set-aside' and o.done_at is not null)
     order by q.alert_id
       for no key update
  );
  with again as (
    update lead_bot.outcomes o
       set state = 'waiting', done_at = null, give_up_at = now() + interval '3 days'
     where o.alert_id = any (v_alerts) and o.state = 'set-aside'
    returning o.alert_id
  ), due as (
    update lead_bot.outcome_queues q set due_at = now(), lease_token = null
     where q.alert_id in (select a.alert_id from again a)
  )
  select count(*) into v_count from again;
  return v_count;
end;
$$;
comment on function lead_bot.send_outcomes_again is
  'For the operator: sends webhooks again that were set aside, for another three days, under the same ids; returns how many. The receiver may have had later ones of the same alert: their sequence numbers tell.';
revoke all on function lead_bot.send_outcomes_again from public;
