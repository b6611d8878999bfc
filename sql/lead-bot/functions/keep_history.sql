create or replace function lead_bot.keep_history()
returns trigger
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_days int := coalesce((select p.history_days from lead_bot.poll_state p), 730);
begin
  -- Two queries: an `exists` below an `or` may scan the whole table.
  if exists (select from deleted d where d.at >= now() - make_interval(days => v_days))
    or exists (select from deleted d join lead_bot.alerts a on a.id = d.alert_id)
  then
    raise exception 'lead_bot.alert_events is append-only until its alert is gone and % days are over', v_days
      using errcode = 'insufficient_privilege';
  end if;
  return null;
end;
$$;
comment on function lead_bot.keep_history is
  'Trigger: refuses to delete history of an existing alert, or younger than HISTORY_DAYS. Applies to the table owner too.';
revoke all on function lead_bot.keep_history from public;

-- Not `create or replace`: that would lock the table against running bots each time. To change an existing trigger,
-- drop it in a migration.
do $$
begin
  if not exists (
    select from pg_trigger where tgrelid = 'lead_bot.alert_events'::regclass and tgname = 'kept_for_history_days'
  ) then
    create trigger kept_for_history_days
      after delete on lead_bot.alert_events
      referencing old table as deleted
      for each statement execute function lead_bot.keep_history();
  end if;
end;
$$;
