import { nameOf } from './sql-file.ts';
import { doBlock, step } from './step.ts';

/**
 * Takes every lock that new migrations need, at once or not at all. Taken one by one over seconds, they would
 * deadlock with the calls of running bots each time.
 */
export function lockBotTables(migrations: readonly string[]): string {
  const names = migrations.map((file) => `'${nameOf(file)}'`).join(', ');
  return step(
    'the locks on the tables of the bot',
    doBlock(`declare
  v_tables text := (
    -- The lead table first: whoever waits for it must not stop the pipeline's own triggers.
    select string_agg(c.oid::regclass::text, ', ' order by c.relnamespace = to_regnamespace('lead_bot'), c.oid)
      from pg_class c
     where c.relkind = 'r'
       and (c.relnamespace = to_regnamespace('lead_bot')
            -- Triggers of the first versions, which a migration drops.
            or exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname ~ '^lead_bot_snapshot_'))
  );
  v_until timestamptz := clock_timestamp() + interval '3 seconds';
begin
  if not exists (
    select from unnest(array[${names}]::text[]) n (name)
     where n.name not in (select m.name from lead_bot.migrations m)
  ) then
    return;
  end if;
  while clock_timestamp() < v_until loop
    begin
      execute 'lock table ' || v_tables || ' in access exclusive mode nowait';
      return;
    exception when lock_not_available then
      perform pg_sleep(0.01);
    end;
  end loop;
  -- Somebody holds one for longer. To wait makes it visible who.
  execute 'lock table ' || v_tables || ' in access exclusive mode';
end`),
  );
}
