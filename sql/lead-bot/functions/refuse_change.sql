create or replace function lead_bot.refuse_change()
returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  raise exception 'lead_bot.% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end;
$$;
comment on function lead_bot.refuse_change is
  'Trigger: keeps the histories of alerts and of refusals append-only, for the table owner too.';
revoke all on function lead_bot.refuse_change from public;

-- Not `create or replace`: that would lock the table against running bots each time. To change an existing
-- trigger, drop it in a migration.
do $$
begin
  if not exists (
    select from pg_trigger where tgrelid = 'lead_bot.alert_events'::regclass and tgname = 'append_only'
  ) then
    create trigger append_only
      before update or truncate on lead_bot.alert_events
      for each statement execute function lead_bot.refuse_change();
  end if;
  if not exists (
    select from pg_trigger where tgrelid = 'lead_bot.access_refusals'::regclass and tgname = 'append_only'
  ) then
    create trigger append_only
      before update or truncate on lead_bot.access_refusals
      for each statement execute function lead_bot.refuse_change();
    -- Don't keep user ids forever.
    create trigger kept_for_a_year
      before delete on lead_bot.access_refusals
      for each row when (old.at > now() - interval '365 days')
      execute function lead_bot.refuse_change();
  end if;
end;
$$;
