create or replace function lead_bot.note_past_alerts()
returns trigger
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  insert into lead_bot.past_alerts (alert_id, over_at)
  select d.id, e.at
    from deleted d
   cross join lateral (
     select v.at from lead_bot.alert_events v where v.alert_id = d.id order by v.id desc limit 1
   ) e
  on conflict do nothing;
  return null;
end;
$$;
comment on function lead_bot.note_past_alerts is
  'Trigger: notes which deleted alerts have left a history, so that it can be found when it expires.';
revoke all on function lead_bot.note_past_alerts from public;

-- Not `create or replace`: that would lock the table against running bots each time. To change an existing
-- trigger, drop it in a migration.
do $$
begin
  if not exists (
    select from pg_trigger where tgrelid = 'lead_bot.alerts'::regclass and tgname = 'note_past_alerts'
  ) then
    create trigger note_past_alerts
      after delete on lead_bot.alerts
      referencing old table as deleted
      for each statement execute function lead_bot.note_past_alerts();
  end if;
end;
$$;
