create or replace function lead_bot.give_up_outcomes(p_limit int, p_reason text)
returns int
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_alerts uuid[];
  v_locked uuid[];
  v_count int;
begin
  v_alerts := array(
    select o.alert_id from lead_bot.outcomes o
     where o.state = 'waiting' and o.give_up_at <= now()
     order by o.give_up_at
     limit p_limit
  );
  if v_alerts = '{}' then
    return 0;
  end if;
  v_locked := array(
    select q.alert_id from lead_bot.outcome_queues q
     where q.alert_id = any (v_alerts)
       -- Not one that is being sent: its report decides.
       and (q.lease_token is null or q.due_at <= now())
     order by q.alert_id
       for no key update skip locked
  );
  update lead_bot.outcomes o
     set state = 'set-aside', done_at = now(), last_error = coalesce(o.last_error, p_reason)
   where o.alert_id = any (v_locked) and o.state = 'waiting' and o.give_up_at <= now();
  get diagnostics v_count = row_count;
  update lead_bot.outcome_queues q
     set lease_token = null,
         due_at = case when (
           select o.sequence from lead_bot.outcomes o
            where o.alert_id = q.alert_id and o.state = 'waiting'
            order by o.alert_id, o.sequence
            limit 1
         ) is not null then now() end
   where q.alert_id = any (v_locked);
  return v_count;
end;
$$;
comment on function lead_bot.give_up_outcomes is
  'Sets events aside whose time to be sent is over, of up to p_limit alerts; returns how many. p_reason: why, for those that were never tried. The next ones of their alerts are due.';
revoke all on function lead_bot.give_up_outcomes from public;
