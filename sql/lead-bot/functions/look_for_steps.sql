create or replace function lead_bot.look_for_steps()
returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Of alerts from before this was noted, what was first is unknown.
  if new.reasons is not null then
    if old.status = 'open' and old.first_claimed_at is null then
      if old.due_at <= now() then
        new.claimed_in_time := false;
      end if;
      if new.status in ('claimed', 'contacted') then
        new.first_claimed_at := now();
        new.claimed_in_time := coalesce(new.claimed_in_time, lead_bot.is_in_time(old, 'claim'));
      end if;
    elsif old.status = 'claimed' and old.first_contacted_at is null and old.due_at <= now() then
      new.contacted_in_time := false;
    end if;
    if new.status = 'contacted' and old.status <> 'contacted' and old.first_contacted_at is null then
      new.first_contacted_at := now();
      new.contacted_in_time := coalesce(new.contacted_in_time, lead_bot.is_in_time(old, 'contact'));
    end if;
  end if;
  new.step_due_at := case when new.closed_at is null and new.hold is null then now() end;
  if (old.status, old.owner, old.waits_since, old.hold, old.outcome, old.closed_at)
       is distinct from (new.status, new.owner, new.waits_since, new.hold, new.outcome, new.closed_at) then
    new.due_at := null;
  end if;
  -- They have just seen the card.
  if new.owner is distinct from old.owner or new.touches <> old.touches then
    new.known := (select k.known from lead_bot.known_of(array[new.id]) k);
    new.news := null;
  end if;
  return new;
end;
$$;
comment on function lead_bot.look_for_steps is
  'Trigger: has the bot look again what an alert needs once its state has changed, whichever gesture or poll changed it, and notes when it was first claimed and contacted.';
revoke all on function lead_bot.look_for_steps from public;

-- Not `create or replace`: that would lock the table against running bots each time. To change an existing trigger,
-- drop it in a migration.
do $$
begin
  if not exists (
    select from pg_trigger where tgrelid = 'lead_bot.alerts'::regclass and tgname = 'look_for_steps'
  ) then
    create trigger look_for_steps
      before update on lead_bot.alerts
      for each row
      when (
        (old.status, old.owner, old.waits_since, old.hold, old.outcome, old.closed_at)
          is distinct from (new.status, new.owner, new.waits_since, new.hold, new.outcome, new.closed_at)
        or (old.cooling_since is null) <> (new.cooling_since is null)
        or (old.news is null) <> (new.news is null)
        or old.touches <> new.touches
      )
      execute function lead_bot.look_for_steps();
  end if;
end;
$$;
