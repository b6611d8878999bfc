create or replace function public.lead_bot_take_outcomes(
  p_endpoint text, p_limit int, p_lease_seconds int, p_people boolean default false, p_begins boolean default false
)
returns jsonb
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_endpoint lead_bot.outcome_endpoints;
  v_limit int := least(p_limit, 20);
  v_begun timestamptz;
  v_given_up int := 0;
  v_probe uuid;
  v_queues lead_bot.outcome_queues[];
  v_queue lead_bot.outcome_queues;
  v_outcome lead_bot.outcomes;
  v_token uuid := gen_random_uuid();
  v_work jsonb := '[]';
begin
  -- Mostly a read: takes of several bots don't wait for each other.
  select * into v_endpoint from lead_bot.outcome_endpoints e where e.fingerprint = p_endpoint;
  if not found or p_begins or v_endpoint.seen_at < now() - interval '1 hour' then
    insert into lead_bot.outcome_endpoints as e (fingerprint) values (p_endpoint)
    on conflict (fingerprint) do update
      set seen_at = now(),
          failures = case when p_begins then 0 else e.failures end,
          paused_until = case when not p_begins then e.paused_until end,
          gone_at = case when not p_begins then e.gone_at end
    returning * into v_endpoint;
  end if;
  if v_endpoint.failures > 0 then
    v_given_up := lead_bot.give_up_outcomes(500, v_endpoint.reason);
    -- One at a time finds out whether it works again: one that hasn't failed, if there is any, since the receiver may
    -- only refuse some for what they are.
    v_probe := (
      select d.alert_id
        from (select * from lead_bot.outcome_queues q where q.due_at <= now() order by q.due_at limit 200) d
       cross join lateral (
         select o.attempts from lead_bot.outcomes o
          where o.alert_id = d.alert_id and o.state = 'waiting'
          order by o.sequence
          limit 1
       ) f
       order by f.attempts, d.due_at
       limit 1
    );
    update lead_bot.outcome_endpoints e
       set paused_until = now() + make_interval(secs => p_lease_seconds), probe = v_token
     where e.fingerprint = p_endpoint and e.failures > 0 and coalesce(e.paused_until <= now(), true)
       and v_probe is not null;
    if not found then
      return jsonb_build_object('work', v_work, 'given_up', v_given_up);
    end if;
  end if;

  perform lead_bot.share_lead_tables();
  v_begun := clock_timestamp();
  if v_probe is null then
    v_queues := array(
      select q from lead_bot.outcome_queues q
       where q.due_at <= now()
       order by q.due_at
       limit v_limit
         for no key update skip locked
    );
  else
    v_queues := array(
      select q from lead_bot.outcome_queues q
       where q.alert_id = v_probe and q.due_at <= now()
         for no key update skip locked
    );
  end if;
  foreach v_queue in array v_queues loop
    -- The others are due, and gestures on these alerts wait for this transaction.
    exit when clock_timestamp() > v_begun + interval '300 milliseconds';
    select * into v_outcome
      from lead_bot.outcomes o
     where o.alert_id = v_queue.alert_id and o.state = 'waiting'
     order by o.sequence
     limit 1;
    if not found then
      update lead_bot.outcome_queues q set due_at = null, lease_token = null where q.alert_id = v_queue.alert_id;
      continue;
    end if;
    update lead_bot.outcome_queues q
       set lease_token = v_token, due_at = now() + make_interval(secs => p_lease_seconds)
     where q.alert_id = v_queue.alert_id;
    update lead_bot.outcomes o set attempts = o.attempts + 1 where o.id = v_outcome.id;
    v_work := v_work || jsonb_build_object(
      'id', v_outcome.id, 'token', v_token, 'attempt', v_outcome.attempts + 1,
      'event', lead_bot.outcome_json(v_outcome, p_people)
    );
  end loop;
  if v_probe is not null and v_work = '[]' then
    -- Somebody else has it just now.
    update lead_bot.outcome_endpoints e set paused_until = now() where e.fingerprint = p_endpoint and e.probe = v_token;
  end if;
  return jsonb_build_object('work', v_work, 'given_up', v_given_up);
end;
$$;
comment on function public.lead_bot_take_outcomes is
  'Leases the first waiting event of up to p_limit alerts (20 at most) to a bot that sends webhooks; after a failure of the endpoint, one event once its pause is over. p_endpoint: SHA-256 of the URL. p_people: include who. p_begins: the bot has just started, which ends a pause. Also has events written for the next three days. given_up: how many have just been set aside unsent, because the endpoint has failed for three days.';
revoke all on function public.lead_bot_take_outcomes from public, anon, authenticated;
grant execute on function public.lead_bot_take_outcomes to service_role, lead_bot;
