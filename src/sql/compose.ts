import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ComposeOptions {
  /** Also the given lead tables, where there are none. Without it they must be there already. */
  leadScoring: boolean;
  /** Also the five sample leads, where there are no leads at all. */
  seed?: boolean;
  /** Also takes the lead tables from the project's public key. Once done, it stays. */
  private?: boolean;
  /** Folder that holds `lead-scoring` and `lead-bot`; this repository's `sql` unless told. */
  folder?: string;
}

/** What each step announces with `raise info`, so that progress and errors can name the file. */
export const STEP = 'lead-alerts: ';

/** What a step says it has done, where that is not the same each time. */
export const NOTE = 'lead-alerts note: ';

const SQL_FOLDER = join(import.meta.dirname, '..', '..', 'sql');

const LEAD_TABLES = [
  'developer_signups',
  'internal_signals',
  'company_enrichment',
  'stakeholders',
  'expansion_signals',
  'lead_scores',
];

/**
 * The whole SQL of the bot as one script, which may be run again at any time: by `applySql`, by psql,
 * or pasted into Supabase's SQL editor. It is one transaction: all of it happens, or nothing.
 */
export async function composeSql(options: ComposeOptions): Promise<string> {
  const folder = options.folder ?? SQL_FOLDER;
  const read = (file: string) => readFile(join(folder, file), 'utf8');
  const list = async (of: string) =>
    (await readdir(join(folder, of)).catch(ifMissing))
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => `${of}/${file}`);

  const migrations = await list('lead-bot/migrations');
  refuseTwins(migrations);
  const steps = [
    options.leadScoring
      ? leadTables(await read('lead-scoring/schema.sql'))
      : step('lead-scoring/schema.sql', leadTablesMustExist),
    step('lead-scoring/indexes.sql', await read('lead-scoring/indexes.sql')),
    step('the role and the schema of the bot', bookkeeping),
    ...(await Promise.all(migrations.map(async (file) => migration(file, await read(file))))),
    ...(await Promise.all(
      (await list('lead-bot/functions')).map(async (file) => step(file, await read(file))),
    )),
    ...(options.private
      ? [step('lead-scoring/private.sql', await read('lead-scoring/private.sql'))]
      : []),
    ...(options.seed ? [sampleLeads(await read('lead-scoring/seed.sql'))] : []),
  ];
  return [opening, ...steps, closing].join('\n\n');
}

const opening = `-- Lead Alerts: everything the bot needs in the database. Safe to run again.
begin;
set local client_min_messages = warning;
set local search_path = public;
-- Functions may name functions that come later in this script.
set local check_function_bodies = off;
-- Two runs at once would trip over each other: the second waits here.
do $do$ begin perform pg_advisory_xact_lock(hashtextextended('lead-alerts: apply', 0)); end $do$;`;

const closing = `notify pgrst, 'reload schema';
commit;
`;

/** Ends with a semicolon even where the file does not: the next step must not become a part of it. */
const step = (name: string, sql: string) =>
  `do $do$ begin raise info '${STEP}${name}'; end $do$;\n\n${sql.trim()}${sql.trim().endsWith(';') ? '' : '\n;'}`;

/** A DO block around PL/pgSQL that may hold whole files. */
const guarded = (block: string) => `do ${quoted('guard', block)};`;

const tableNames = LEAD_TABLES.map((name) => `'${name}'`).join(', ');

function leadTables(schema: string): string {
  const file = 'lead-scoring/schema.sql';
  return step(
    file,
    guarded(`declare
  v_have text[] := array(
    select t from unnest(array[${tableNames}]) t where to_regclass('public.' || t) is not null);
  v_lack text[] := array(
    select t from unnest(array[${tableNames}]) t where to_regclass('public.' || t) is null);
begin
  if to_regclass('public.lead_dashboard') is not null then
    return;
  end if;
  if cardinality(v_have) > 0 then
    raise exception 'public has a part of the lead tables (%) but not the view lead_dashboard%',
      array_to_string(v_have, ', '),
      case when cardinality(v_lack) > 0 then ' and not ' || array_to_string(v_lack, ', ') else '' end
      using errcode = 'LA001',
            hint = 'Complete the schema from ${file} by hand, or move these tables away.';
  end if;
  execute ${quoted('sql', schema)};
end`),
  );
}

const leadTablesMustExist = guarded(`begin
  if to_regclass('public.lead_dashboard') is null then
    raise exception 'there is no view public.lead_dashboard'
      using errcode = 'LA001', hint = 'Apply the lead tables too, or connect to the database that has them.';
  end if;
end`);

const bookkeeping = `${guarded(`begin
  if not exists (select from pg_roles where rolname = 'authenticator') then
    raise exception 'there is no role "authenticator": this is not a Supabase database'
      using errcode = 'LA002', hint = 'Check that DATABASE_URL is the one of your Supabase project.';
  end if;
  if not exists (select from pg_roles where rolname = 'lead_bot') then
    create role lead_bot nologin noinherit nobypassrls;
  end if;
  if not pg_has_role('authenticator', 'lead_bot', 'member') then
    grant lead_bot to authenticator;
  end if;
end`)}

create schema if not exists lead_bot;
revoke all on schema lead_bot from public;
create table if not exists lead_bot.migrations (
  name text primary key,
  checksum text not null,
  applied_at timestamptz not null default now()
);
alter table lead_bot.migrations enable row level security;
comment on table lead_bot.migrations is 'Which files of sql/lead-bot/migrations this database has had.';`;

function migration(file: string, sql: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name)) {
    throw new Error(`sql/${file}: a migration is named like 0001-what-it-does.sql`);
  }
  const checksum = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
  return step(
    file,
    guarded(`declare
  v_checksum text := (select checksum from lead_bot.migrations where name = '${name}');
begin
  if v_checksum = '${checksum}' then
    return;
  end if;
  if v_checksum is not null then
    raise exception 'migration ${name} was changed after it had been applied'
      using errcode = 'LA003', hint = 'Put the file back as it was, and make the change in a new migration.';
  end if;
  execute ${quoted('sql', sql)};
  insert into lead_bot.migrations (name, checksum) values ('${name}', '${checksum}');
end`),
  );
}

function sampleLeads(seed: string): string {
  return step(
    'lead-scoring/seed.sql',
    guarded(`begin
  if not exists (select from public.developer_signups) then
    execute ${quoted('sql', seed)};
  end if;
end`),
  );
}

/** Dollar quotes around text that may hold dollar quotes itself. */
function quoted(name: string, text: string): string {
  let tag = `$${name}$`;
  for (let n = 1; text.includes(tag); n += 1) tag = `$${name}${n}$`;
  return `${tag}\n${text.trim()}\n${tag}`;
}

function refuseTwins(migrations: readonly string[]): void {
  const numbers = migrations.map((file) => /(\d{4})-[^/]*$/.exec(file)?.[1]);
  const twin = numbers.find((number, index) => number && numbers.indexOf(number) !== index);
  if (twin !== undefined) throw new Error(`sql/lead-bot/migrations has two files numbered ${twin}`);
}

function ifMissing(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}
