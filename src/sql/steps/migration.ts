import { checksumOf, nameOf } from './sql-file.ts';
import { doBlock, dollarQuoted, reportChange, step } from './step.ts';

export function applyMigration(file: string, sql: string): string {
  const name = nameOf(file);
  if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name)) {
    throw new Error(`sql/${file}: migrations are named like 0001-what-it-does.sql`);
  }
  const checksum = checksumOf(sql);
  return step(
    file,
    doBlock(`declare
  v_checksum text := (select checksum from lead_bot.migrations where name = '${name}');
begin
  if v_checksum = '${checksum}' then
    return;
  end if;
  if v_checksum is not null then
    raise exception 'migration ${name} was changed after it was applied'
      using errcode = 'LA003', hint = 'Restore the file, and make the change in a new migration.';
  end if;
  execute ${dollarQuoted('sql', sql)};
  insert into lead_bot.migrations (name, checksum) values ('${name}', '${checksum}');
  ${reportChange('migration')}
end`),
  );
}

export function refuseDuplicateNumbers(migrations: readonly string[]): void {
  const numbers = migrations.map((file) => /(\d{4})-[^/]*$/.exec(file)?.[1]);
  const twin = numbers.find((number, index) => number && numbers.indexOf(number) !== index);
  if (twin !== undefined) throw new Error(`sql/lead-bot/migrations has two files numbered ${twin}`);
}
