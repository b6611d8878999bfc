import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LEAD_TABLES } from '../core/lead-tables.ts';
import { createdObjects } from './created-objects.ts';
import { mailProviders } from './mail-providers.ts';

export interface ComposeOptions {
  /** Also the given lead tables, where there are none. Without it they must be there already. */
  leadScoring: boolean;
  /** Also the five sample leads, where there are no leads at all. */
  seed?: boolean;
  /**
   * Takes the lead tables from the project's public key; once done, it stays. Unless told, only in
   * tables that this run makes; with false, in none.
   */
  private?: boolean;
  /** Folder that holds `lead-scoring` and `lead-bot`; this repository's `sql` unless told. */
  folder?: string;
}

/** What each step announces with `raise info`, so that errors can name the file. */
export const STEP = 'lead-alerts: ';

/** What a step says that is not the same each time. */
export const NOTE = 'lead-alerts note: ';

/** What a step has changed: a word of `Changed:`, or what --private has closed. */
export const CHANGED = 'lead-alerts changed: ';
export const CLOSED = 'lead-alerts closed: ';

export const PRIVATE_STEP = 'lead-scoring/private.sql';

/** Held by whoever applies: two at once would trip over each other. */
export const LOCK_KEY = `hashtextextended('lead-alerts: apply', 0)`;

const SQL_FOLDER = join(import.meta.dirname, '..', '..', 'sql');
const INDEXES = 'lead-scoring/indexes.sql';
const FUNCTIONS = 'lead-bot/functions';

/**
 * The whole SQL of the bot as one script, to be run by psql or pasted into Supabase's SQL editor, and
 * again at any time. One transaction, of which all happens or nothing; then a query that lists which
 * indexes are left to build.
 */
export async function composeSql(options: ComposeOptions): Promise<string> {
  return [
    PRINTED_OPENING,
    opening(3_000),
    IN_TURN,
    await steps(options, SMALL_TABLES),
    CLOSING,
    PRINTED_INDEXES,
    `${await indexesLeft(options)};`,
  ].join('\n\n');
}

/**
 * The transaction alone, for `applySql`. It builds no index on a table that was there before: that is
 * done after it, without keeping anyone from writing.
 */
export async function composeTransaction(
  options: ComposeOptions & { lockTimeoutMs: number },
): Promise<string> {
  return [opening(options.lockTimeoutMs), await steps(options, ONLY_NEW_TABLES), CLOSING].join(
    '\n\n',
  );
}

/**
 * The same as a migration of the Supabase CLI. The CLI sends all statements of a file, and its own note that the
 * file was applied, in one pipeline, which is one transaction. A `commit` of ours would split it, `set local` only
 * warns in it, and no index can be built concurrently.
 */
export async function composeMigration(options: ComposeOptions): Promise<string> {
  return [
    MIGRATION_OPENING,
    inLines(
      settings(3_000),
      ({ name, value }) => `select set_config('${name}', '${value}', true);`,
    ),
    IN_TURN,
    silent(await steps(options, SMALL_TABLES)),
    warnOfIndexesLeft(await indexesLeft(options)),
    `${RELOAD}\n`,
  ].join('\n\n');
}

/** A query for what is left to do about indexes: what, on which table, and the statement that does it. */
export async function indexesLeft(options: Pick<ComposeOptions, 'folder'>): Promise<string> {
  return (await readFile(join(options.folder ?? SQL_FOLDER, INDEXES), 'utf8')).trim();
}

async function steps(options: ComposeOptions, which: IndexedHere): Promise<string> {
  const folder = options.folder ?? SQL_FOLDER;
  const read = (file: string) => readFile(join(folder, file), 'utf8');
  const list = async (of: string) =>
    (await readdir(join(folder, of)).catch(ifMissing))
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => `${of}/${file}`);

  const migrations = await list('lead-bot/migrations');
  refuseTwins(migrations);
  const functions = await Promise.all(
    (await list(FUNCTIONS)).map(async (file) => ({ file, sql: await read(file) })),
  );
  return [
    options.leadScoring
      ? leadTables(await read('lead-scoring/schema.sql'))
      : step('lead-scoring/schema.sql', leadTablesMustExist),
    step('the role and the schema of the bot', bookkeeping),
    step('the extension pg_trgm', trigrams),
    step(INDEXES, indexesOf(which, await indexesLeft(options))),
    ...(await Promise.all(migrations.map(async (file) => migration(file, await read(file))))),
    step('which functions have changed', changedFiles(functions)),
    ...functions.map(({ file, sql }) => applied(file, sql)),
    rememberFiles(functions),
    step('the rights on the lead tables', rightsOnLeadTables),
    step('the providers of personal addresses', providers(mailProviders())),
    ...(options.private === false
      ? []
      : [closeLeads(await read(PRIVATE_STEP), options.private === true)]),
    ...(options.seed ? [sampleLeads(await read('lead-scoring/seed.sql'))] : []),
  ].join('\n\n');
}

const PRINTED_OPENING = `-- Lead Alerts: everything the bot needs in the database. Safe to run again.
-- Should it end with "canceling statement due to lock timeout", somebody else is at work on one of the tables:
-- nothing was changed, and it can be run again a little later.`;

interface Setting {
  name: string;
  value: string;
  why?: string;
}

/** Of the transaction, and of nothing after it. */
const settings = (lockTimeoutMs: number): readonly Setting[] => [
  { name: 'client_min_messages', value: 'warning' },
  { name: 'search_path', value: 'public' },
  {
    name: 'check_function_bodies',
    value: 'off',
    why: 'Functions may name functions that come later in this script.',
  },
  {
    name: 'lock_timeout',
    value: `${lockTimeoutMs}ms`,
    why: 'Whoever waits for a lock on a table lets everyone else wait behind it.',
  },
  { name: 'statement_timeout', value: '30min' },
  { name: 'jit', value: 'off' },
];

const inLines = (list: readonly Setting[], statement: (one: Setting) => string): string =>
  list.flatMap((one) => [...(one.why ? [`-- ${one.why}`] : []), statement(one)]).join('\n');

const opening = (lockTimeoutMs: number) =>
  `begin;\n${inLines(settings(lockTimeoutMs), ({ name, value }) => `set local ${name} = '${value}';`)}`;

const IN_TURN = `do $do$
begin
  if not pg_try_advisory_xact_lock(${LOCK_KEY}) then
    raise exception 'db:apply is at work elsewhere on this database'
      using errcode = 'LA004', hint = 'Run this again when it has finished.';
  end if;
end;
$do$;`;

const RELOAD = `notify pgrst, 'reload schema';`;
const CLOSING = `${RELOAD}
commit;`;

const PRINTED_INDEXES = `-- The indexes, as a step of their own: on small tables they are there by now, and this lists nothing. On big ones
-- building them takes longer, and must not keep the pipeline from writing ("concurrently"), which is why it can't
-- be a part of the transaction above. The query below lists the statements that are left to run. In Supabase's
-- SQL editor, which makes one transaction of what it is given and ends it after 60 s, run each of them by itself;
-- if one takes too long, run it through psql. psql can run all of them: append a line with \\gexec to this file.
-- Then ask again, until nothing is listed: what a new index replaces is dropped once that stands, and a build
-- that broke off leaves an invalid index behind, which is dropped and built anew.`;

const MIGRATION_OPENING = `-- Lead Alerts: everything the bot needs in the database, written by npm run db:apply -- --migration.
-- It changes only what is not as it should be, so it doesn't matter which earlier ones a database has had.
-- After "canceling statement due to lock timeout" nothing was changed: run the migration again.`;

/** The Supabase CLI prints every message. Hundreds of lines about steps would bury what matters. */
const silent = (script: string): string =>
  script
    .replaceAll(
      new RegExp(`^do \\$do\\$ begin raise info '${STEP}(.*)'; end \\$do\\$;$`, 'gm'),
      '-- $1',
    )
    .replaceAll(new RegExp(`^ *raise info '${CHANGED}.*';\\n`, 'gm'), '');

const warnOfIndexesLeft = (left: string): string =>
  guarded(`declare
  v_left bigint := (select count(*) from (
${left}
  ) l);
begin
  if v_left > 0 then
    raise warning 'Lead Alerts: % indexes on big tables are left to build or drop. npm run db:apply does it while your pipeline writes.', v_left;
  end if;
end`);

/** Ends with a semicolon even where the file does not: the next step must not become a part of it. */
const step = (name: string, sql: string) =>
  `do $do$ begin raise info '${STEP}${name}'; end $do$;\n\n${sql.trim()}${sql.trim().endsWith(';') ? '' : '\n;'}`;

/** A DO block around PL/pgSQL that may hold whole files. */
const guarded = (block: string) => `do ${quoted('guard', block)};`;

/** A statement of PL/pgSQL that says what was changed. */
const changed = (what: string) => `raise info '${CHANGED}${what}';`;

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
  perform set_config('lead_alerts.made_tables', 'yes', true);
  ${changed('lead tables')}
end`),
  );
}

const leadTablesMustExist = guarded(`begin
  if to_regclass('public.lead_dashboard') is null then
    raise exception 'there is no view public.lead_dashboard'
      using errcode = 'LA001', hint = 'Apply the lead tables too, or connect to the database that has them.';
  end if;
end`);

/** Looks before it does anything: what is there is not locked and not written again. */
const bookkeeping = guarded(`begin
  if not exists (select from pg_roles where rolname = 'authenticator') then
    raise exception 'there is no role "authenticator": this is not a Supabase database'
      using errcode = 'LA002', hint = 'Check that DATABASE_URL is the one of your Supabase project.';
  end if;
  if not exists (select from pg_roles where rolname = 'lead_bot') then
    create role lead_bot nologin noinherit nobypassrls;
    ${changed('role')}
  end if;
  if not pg_has_role('authenticator', 'lead_bot', 'member') then
    grant lead_bot to authenticator;
  end if;
  -- By itself, and not through what is granted to everyone: that is often taken away.
  if not exists (
    select from pg_namespace n, aclexplode(n.nspacl) a
     where n.nspname = 'public' and a.grantee = 'lead_bot'::regrole and a.privilege_type = 'USAGE'
  ) then
    grant usage on schema public to lead_bot;
  end if;
  if not has_schema_privilege('service_role', 'public', 'usage') then
    grant usage on schema public to service_role;
  end if;
  if to_regnamespace('lead_bot') is null then
    create schema lead_bot;
  end if;
  if has_schema_privilege('public', 'lead_bot', 'usage') then
    revoke all on schema lead_bot from public;
  end if;
  if to_regclass('lead_bot.migrations') is null then
    create table lead_bot.migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    );
    alter table lead_bot.migrations enable row level security;
    comment on table lead_bot.migrations is 'Which files of sql/lead-bot/migrations this database has had.';
  end if;
  if to_regclass('lead_bot.applied_files') is null then
    create table lead_bot.applied_files (
      name text primary key,
      checksum text not null,
      state text not null,
      applied_at timestamptz not null default now()
    );
    alter table lead_bot.applied_files enable row level security;
    comment on table lead_bot.applied_files is
      'Which files of sql/lead-bot/functions this database has, by their checksum, and what each of them had made: the fingerprint of its functions, triggers and grants.';
  end if;
end`);

/** pg_trgm serves parts and near matches of names. Where it can't be had, the bot does without. */
const trigrams = guarded(`begin
  if exists (select from pg_extension where extname = 'pg_trgm')
     or not exists (select from pg_available_extensions where name = 'pg_trgm') then
    return;
  end if;
  begin
    if to_regnamespace('extensions') is null then
      create schema extensions;
    end if;
    create extension pg_trgm with schema extensions;
    ${changed('extension')}
  exception when others then
    raise info '${NOTE}the extension pg_trgm can''t be had (%): parts and near matches of names do without its indexes', sqlstate;
  end;
end`);

/** What can't be done, or read, in lead tables of somebody else, and what mends it. */
const rightsOnLeadTables = guarded(`declare
  v_owner record;
  v_relation regclass;
begin
  for v_owner in
    select c.relowner::regrole as role, string_agg(c.relname, ', ' order by c.relname) as names,
           string_agg(format('alter table public.%I owner to %I', c.relname, current_user), '; ' order by c.relname) as statements
      from pg_class c
     where c.oid = any (array[${LEAD_TABLES.map((name) => `to_regclass('public.${name}')`).join(', ')}])
       and c.relkind = 'r' and not pg_has_role(c.relowner, 'usage')
     group by 1
     order by 1
  loop
    raise info '${NOTE}% can''t be given indexes: the owner is %, and not %. The bot works without them, only slower. Mend with "grant % to %", or as % with "%"; then run db:apply again',
      v_owner.names, v_owner.role, current_user, v_owner.role, current_user, v_owner.role, v_owner.statements;
  end loop;
  for v_relation in
    select c.oid
      from pg_class c
     where c.oid = to_regclass('public.lead_scores') and c.relkind in ('r', 'p') and not has_table_privilege(c.oid, 'trigger')
  loop
    raise info '${NOTE}% can''t be given triggers, so alerts come up to a minute late. Mend as its owner with "grant trigger on % to %"; then run db:apply again',
      v_relation, v_relation, current_user;
  end loop;
  for v_relation in
    select c.oid
      from pg_class c
     where c.oid = any (array[${[...LEAD_TABLES, 'lead_dashboard'].map((name) => `to_regclass('public.${name}')`).join(', ')}])
       and not has_table_privilege(c.oid, 'select')
     order by c.relname
  loop
    raise info '${NOTE}% can''t be read by %, as which the bot''s functions run. Mend as its owner with "grant select on % to %"',
      v_relation, current_user, v_relation, current_user;
  end loop;
end`);

/** Of which tables the transaction builds the indexes. PL/pgSQL. */
interface IndexedHere {
  isAny: string;
  isThis: string;
}

const MADE_TABLES = `current_setting('lead_alerts.made_tables', true) = 'yes'`;
const ONLY_NEW_TABLES: IndexedHere = { isAny: MADE_TABLES, isThis: 'true' };
const SMALL_TABLES: IndexedHere = {
  isAny: 'true',
  isThis: 'pg_relation_size(v_index.table_id) < 8 * 1024 * 1024',
};

const indexesOf = ({ isAny, isThis }: IndexedHere, left: string) =>
  guarded(`declare
  v_index record;
begin
  if not coalesce(${isAny}, false) then
    return;
  end if;
  for v_index in
${left}
  loop
    if v_index.kind = 'build' and ${isThis} then
      execute replace(v_index.statement, 'create index concurrently', 'create index');
      ${changed('index')}
    end if;
  end loop;
end`);

function migration(file: string, sql: string): string {
  const name = nameOf(file);
  if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name)) {
    throw new Error(`sql/${file}: a migration is named like 0001-what-it-does.sql`);
  }
  const checksum = checksumOf(sql);
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
  ${changed('migration')}
end`),
  );
}

interface SqlFile {
  file: string;
  sql: string;
}

/**
 * Which files are to be run: new ones, changed ones, and those of whose functions, views and triggers
 * one is missing or is not as the file left it, its grants included. A file that asks for pg_trgm also
 * runs when that has come, gone or moved, and one with triggers on lead_scores when it may make some now.
 */
function changedFiles(files: readonly SqlFile[]): string {
  const rows = files.map(({ file, sql }) => {
    const objects = createdObjects(sql).map((object) => `'${object}'`);
    const asks = [sql.includes('pg_trgm'), objects.some((it) => / public\.lead_scores'$/.test(it))];
    return `  ('${nameOf(file)}', '${checksumOf(sql)}', ${asks.join(', ')}, array[${objects.join(', ')}]::text[])`;
  });
  return `create temporary table lead_alerts_files (
  name text primary key, checksum text, asks_for_pg_trgm boolean, asks_for_scores boolean,
  objects text[], to_run boolean default true
) on commit drop;
${rows.length > 0 ? `insert into pg_temp.lead_alerts_files (name, checksum, asks_for_pg_trgm, asks_for_scores, objects) values\n${rows.join(',\n')};` : ''}
update pg_temp.lead_alerts_files f
   set checksum = f.checksum || '+' || n.nspname
  from pg_extension e
  join pg_namespace n on n.oid = e.extnamespace
 where e.extname = 'pg_trgm' and f.asks_for_pg_trgm;
update pg_temp.lead_alerts_files f
   set checksum = f.checksum || '+triggers'
  from pg_class c
 where c.oid = to_regclass('public.lead_scores') and c.relkind in ('r', 'p')
   and has_table_privilege(c.oid, 'trigger') and f.asks_for_scores;
create temporary view lead_alerts_states as
select f.name, md5(string_agg(o.object || ' ' || coalesce(d.definition, 'is missing'), chr(10) order by o.object)) as state
  from pg_temp.lead_alerts_files f
  cross join lateral unnest(f.objects) o (object)
  cross join lateral (
    select split_part(o.object, ' ', 1) as kind, split_part(o.object, ' ', 2) as name,
           split_part(o.object, ' ', 3) as relation
  ) k
  cross join lateral (
    select case k.kind
      when 'function' then (
        select string_agg(pg_get_functiondef(p.oid) || coalesce(p.proacl::text, ''), chr(10) order by p.oid)
          from pg_proc p
         where p.pronamespace = to_regnamespace(split_part(k.name, '.', 1))
           and p.proname = split_part(k.name, '.', 2) and p.prokind in ('f', 'p')
      )
      when 'view' then (
        select concat(c.reloptions, c.relacl, r.ev_action)
          from pg_class c
          join pg_rewrite r on r.ev_class = c.oid
         where c.oid = to_regclass(k.name)
      )
      when 'trigger' then (
        select pg_get_triggerdef(t.oid)
          from pg_trigger t
         where t.tgrelid = to_regclass(k.relation) and t.tgname = k.name
      )
    end as definition
  ) d
 group by f.name;
update pg_temp.lead_alerts_files f
   set to_run = false
  from lead_bot.applied_files a
 where a.name = f.name and a.checksum = f.checksum
   and a.state = coalesce((select s.state from pg_temp.lead_alerts_states s where s.name = f.name), '');`;
}

const applied = (file: string, sql: string): string =>
  step(
    file,
    guarded(`begin
  if (select f.to_run from pg_temp.lead_alerts_files f where f.name = '${nameOf(file)}') then
    execute ${quoted('sql', sql)};
    ${changed('function')}
  end if;
end`),
  );

/** After all of them: a file may change what an earlier one has made. */
const rememberFiles = (
  files: readonly SqlFile[],
): string => `insert into lead_bot.applied_files (name, checksum, state)
select f.name, f.checksum, coalesce(s.state, '')
  from pg_temp.lead_alerts_files f
  left join pg_temp.lead_alerts_states s on s.name = f.name
 where f.to_run
on conflict (name) do update
  set checksum = excluded.checksum, state = excluded.state, applied_at = excluded.applied_at;
delete from lead_bot.applied_files a
 where a.name <> all (array[${files.map(({ file }) => `'${nameOf(file)}'`).join(', ')}]::text[]);
drop view pg_temp.lead_alerts_states;`;

/** Brings the table to the list, and leaves alone what somebody has written by hand. */
const providers = (domains: readonly string[]): string =>
  guarded(`declare
  v_domains text[] := string_to_array('${domains.join(' ')}', ' ');
begin
  if to_regclass('lead_bot.mail_providers') is null then
    return;
  end if;
  if not exists (
    (select d.domain from unnest(v_domains) d (domain)
     except select p.domain from lead_bot.mail_providers p)
    union all
    (select p.domain from lead_bot.mail_providers p where not p.by_hand
     except select d.domain from unnest(v_domains) d (domain))
  ) then
    return;
  end if;
  delete from lead_bot.mail_providers p
   using (select k.domain from lead_bot.mail_providers k except select d.domain from unnest(v_domains) d (domain)) gone
   where p.domain = gone.domain and not p.by_hand;
  insert into lead_bot.mail_providers (domain, by_hand)
  select d.domain, false from unnest(v_domains) d (domain)
  on conflict do nothing;
  ${changed('providers')}
end`);

const closeLeads = (sql: string, asked: boolean): string =>
  step(
    PRIVATE_STEP,
    guarded(`begin
  if ${asked} or ${MADE_TABLES} then
    execute ${quoted('sql', sql)};
  end if;
end`),
  );

function sampleLeads(seed: string): string {
  return step(
    'lead-scoring/seed.sql',
    guarded(`begin
  if not exists (select from public.developer_signups) then
    execute ${quoted('sql', seed)};
    ${changed('sample leads')}
  end if;
end`),
  );
}

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

const checksumOf = (sql: string): string =>
  createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');

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
