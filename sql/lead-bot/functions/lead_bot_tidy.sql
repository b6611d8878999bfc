create or replace function public.lead_bot_tidy(p_retention_days int default null, p_history_days int default null)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  -- Nobody can delete the last month of history with the bot's key.
  v_history_days int := case when p_history_days is not null then greatest(p_history_days, p_retention_days + 1, 30) end;
begin
  -- One bot tidies at a time. The others don't wait.
  if not pg_try_advisory_xact_lock(hashtextextended('lead_bot.tidy', 0)) then
    return jsonb_build_object('more', false);
  end if;
  if v_history_days is not null then
    update lead_bot.poll_state p
       set history_days = v_history_days
     where p.only_row and p.history_days <> v_history_days;
  end if;

  -- The first task that fills a batch ends the step. Older bots pass no number of days: then nothing is old enough.
  return jsonb_build_object('more', case
    when lead_bot.forget_requests(2000) then true
    when lead_bot.forget_absences(2000) then true
    when lead_bot.close_forgotten(p_retention_days, 50) then true
    when lead_bot.scrub_alerts(p_retention_days, 50) then true
    when lead_bot.forget_lists(v_history_days, 100) then true
    when lead_bot.forget_alerts(v_history_days, 50) then true
    when lead_bot.forget_events(v_history_days, 1000) then true
    when lead_bot.forget_figures(v_history_days, 2000) then true
    when lead_bot.forget_outcomes(1000) then true
    when lead_bot.give_up_replies(500) then true
    when lead_bot.rekey_closed(500) then true
    -- Last, because it locks messages, and the others lock alerts.
    when lead_bot.forget_homes(200) then true
    else false
  end);
end;
$$;
comment on function public.lead_bot_tidy is
  'One short step of cleaning up; more: call it again. Forgets requests that can no longer be replayed, refusals older than a year, absences older than 60 days, webhooks that are done with and Home tabs that nobody looks at, gives up replies without a thread, closes claims that have been cold for p_retention_days, scrubs alerts closed more than p_retention_days ago, deletes what is older than p_history_days, and rekeys old closed alerts.';
revoke all on function public.lead_bot_tidy from public, anon, authenticated;
grant execute on function public.lead_bot_tidy to service_role, lead_bot;
