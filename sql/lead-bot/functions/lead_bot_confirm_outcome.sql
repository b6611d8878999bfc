create or replace function public.lead_bot_confirm_outcome(p_id uuid, p_token uuid, p_endpoint text, p_result jsonb)
returns text
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_alert uuid := (select o.alert_id from lead_bot.outcomes o where o.id = p_id);
  v_outcome lead_bot.outcomes;
  v_state text;
  -- Some of them random, so that bots and alerts spread.
  v_wait interval;
  v_retry_after interval := make_interval(secs => least(coalesce((p_result ->> 'retry_after_seconds')::float, 0), 3600));
begin
  if coalesce(p_result ->> 'outcome', '') not in ('delivered', 'failed', 'gone') then
    raise exception 'unknown outcome of a webhook' using errcode = 'invalid_parameter_value';
  end if;
  perform from lead_bot.outcome_queues q where q.alert_id = v_alert and q.lease_token = p_token for no key update;
  if found then
    select * into v_outcome from lead_bot.outcomes o where o.id = p_id;
    v_state := case
      when p_result ->> 'outcome' = 'delivered' then 'delivered'
      when v_outcome.give_up_at <= now() then 'set-aside'
      else 'waiting'
    end;
    update lead_bot.outcomes o
       set state = v_state, done_at = case when v_state <> 'waiting' then now() end,
           last_error = left(p_result ->> 'reason', 200), bot = lead_bot.calling_bot()
     where o.id = p_id;
    -- 5 s, doubling up to half an hour; the last attempt when time is up.
    v_wait := least(interval '30 minutes', interval '5 seconds' * 2 ^ least(v_outcome.attempts - 1, 10)) * (1 + random() / 4);
    update lead_bot.outcome_queues q
       set lease_token = null,
           due_at = case
             when v_state = 'waiting' then greatest(least(now() + greatest(v_wait, v_retry_after), v_outcome.give_up_at), now())
             -- In the order of its index, or a plan from when the table was empty may walk all that wait.
             when (
               select o.sequence from lead_bot.outcomes o
                where o.alert_id = v_alert and o.state = 'waiting'
                order by o.alert_id, o.sequence
                limit 1
             ) is not null then now()
           end
     where q.alert_id = v_alert;
  end if;

  -- Attempts that were under way when it failed say nothing new, nor end the pause that it asked for.
  if p_result ->> 'outcome' = 'delivered' then
    update lead_bot.outcome_endpoints e
       set failures = 0, paused_until = null, gone_at = null, reason = null
     where e.fingerprint = p_endpoint and e.failures > 0 and e.probe = p_token;
  else
    -- 2 s, doubling up to 5 min.
    update lead_bot.outcome_endpoints e
       set failures = least(e.failures + 1, 1000), reason = left(p_result ->> 'reason', 200),
           gone_at = case p_result ->> 'outcome' when 'gone' then coalesce(e.gone_at, now()) else e.gone_at end,
           paused_until = now() + case p_result ->> 'outcome'
             when 'gone' then interval '12 hours'
             else greatest(
               least(interval '5 minutes', interval '2 seconds' * 2 ^ least(e.failures, 10)) * (1 + random() / 4), v_retry_after
             )
           end
     where e.fingerprint = p_endpoint
       and (e.failures = 0 or e.probe = p_token or p_result ->> 'outcome' = 'gone');
  end if;
  return coalesce(v_state, 'stale');
end;
$$;
comment on function public.lead_bot_confirm_outcome is
  'Reports what came of sending an event: delivered, failed or gone (410), with reason and retry_after_seconds. Returns its state: delivered, waiting to be sent again, set-aside once three days are over, or stale if the lease was lost, and then it is sent again. A failure pauses the endpoint.';
revoke all on function public.lead_bot_confirm_outcome from public, anon, authenticated;
grant execute on function public.lead_bot_confirm_outcome to service_role, lead_bot;
