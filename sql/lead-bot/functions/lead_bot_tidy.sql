create or replace function public.lead_bot_tidy(p_retention_days int default null)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- One bot tidies at a time, and nobody waits for it.
  if not pg_try_advisory_xact_lock(hashtextextended('lead_bot.tidy', 0)) then
    return;
  end if;

  -- Twice as long as Slack's signature is valid.
  delete from lead_bot.seen_requests where seen_at < now() - interval '10 minutes';
  delete from lead_bot.access_refusals where at < now() - interval '365 days';

  -- A reply that was wanted in the moment in which its message was given up.
  update lead_bot.messages m
     set state = 'gone', last_error = 'its thread is not there'
    from lead_bot.messages p
   where p.id = m.parent_id and p.state in ('gone', 'dead') and m.state in ('pending', 'unclear')
     and m.removal is null;

  -- Null: called by a bot of before there was a retention time.
  if p_retention_days is not null then
    perform lead_bot.scrub_alerts(p_retention_days, 1000);
  end if;
end;
$$;
comment on function public.lead_bot_tidy is
  'Once an hour: deletes up to 20,000 snapshots that are older than seven days and superseded (the table stays near twice the number of leads plus a week of changes), and of leads that are gone, forgets requests that can not be replayed any more and refusals of a year ago, gives up replies without a thread, and scrubs up to 1,000 alerts that were closed more than p_retention_days ago.';
revoke all on function public.lead_bot_tidy from public, anon, authenticated;
grant execute on function public.lead_bot_tidy to service_role, lead_bot;
