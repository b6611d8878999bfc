create or replace function lead_bot.forget_outcomes(p_limit int)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_done uuid[] := array(
    (select o.id from lead_bot.outcomes o
      where o.state = 'delivered' and o.done_at < now() - interval '7 days'
      order by o.done_at
      limit p_limit)
    union all
    (select o.id from lead_bot.outcomes o
      where o.state = 'set-aside' and o.done_at < now() - interval '30 days'
      order by o.done_at
      limit p_limit)
  );
  v_queues uuid[] := '{}';
begin
  -- Unless it has just been sent again.
  delete from lead_bot.outcomes o where o.id = any (v_done) and o.state <> 'waiting';
  -- Webhooks have been turned off: nobody will send these.
  if not exists (select from lead_bot.outcome_endpoints e where e.seen_at > now() - interval '3 days') then
    v_queues := array(
      select q.alert_id from lead_bot.outcome_queues q
       where q.due_at is not null
       order by q.due_at
       limit p_limit
         for no key update skip locked
    );
    delete from lead_bot.outcomes o where o.alert_id = any (v_queues) and o.state = 'waiting';
    update lead_bot.outcome_queues q set due_at = null, lease_token = null where q.alert_id = any (v_queues);
  end if;
  delete from lead_bot.outcome_endpoints e where e.seen_at < now() - interval '30 days';
  return cardinality(v_done) >= p_limit or cardinality(v_queues) = p_limit;
end;
$$;
comment on function lead_bot.forget_outcomes is
  'Deletes up to p_limit webhooks delivered a week ago and as many set aside 30 days ago, and those of up to p_limit alerts that wait although no bot has sent any for three days; true if there may be more.';
revoke all on function lead_bot.forget_outcomes from public;
