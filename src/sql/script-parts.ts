/** The advisory lock that serializes runs of db:apply. */
export const LOCK_KEY = `hashtextextended('lead-alerts: apply', 0)`;

export const PRINTED_OPENING = `-- Lead Alerts: everything the bot needs in the database. Safe to run again.
-- If it fails with "canceling statement due to lock timeout", another session has locked one of the tables.
-- Nothing was changed: run it again a little later.`;

interface Setting {
  name: string;
  value: string;
  why?: string;
}

/** Settings of the transaction only. */
export const settings = (lockTimeoutMs: number): readonly Setting[] => [
  { name: 'client_min_messages', value: 'warning' },
  { name: 'search_path', value: 'public' },
  {
    name: 'check_function_bodies',
    value: 'off',
    why: 'Functions may refer to functions that come later in this script.',
  },
  {
    name: 'lock_timeout',
    value: `${lockTimeoutMs}ms`,
    why: 'Other sessions queue behind a statement that waits for a lock.',
  },
  { name: 'statement_timeout', value: '30min' },
  { name: 'jit', value: 'off' },
];

export const settingLines = (
  list: readonly Setting[],
  statement: (one: Setting) => string,
): string =>
  list.flatMap((one) => [...(one.why ? [`-- ${one.why}`] : []), statement(one)]).join('\n');

export const opening = (lockTimeoutMs: number) =>
  `begin;\n${settingLines(settings(lockTimeoutMs), ({ name, value }) => `set local ${name} = '${value}';`)}`;

export const TRY_LOCK = `do $do$
begin
  if not pg_try_advisory_xact_lock(${LOCK_KEY}) then
    raise exception 'another db:apply is running on this database'
      using errcode = 'LA004', hint = 'Run this again once it has finished.';
  end if;
end;
$do$;`;

export const RELOAD = `notify pgrst, 'reload schema';`;
export const CLOSING = `${RELOAD}
commit;`;

export const PRINTED_INDEXES = `-- Indexes. The transaction above has built those of small tables. On a big table an index must be built
-- concurrently, so that the pipeline can keep writing, and that can't be part of a transaction. The query below
-- lists the statements left to run; usually none.
-- * Supabase's SQL editor runs everything in one transaction and stops after 60 s: run each statement by itself,
--   and use psql for one that takes too long.
-- * psql runs them all if you append a line with \\gexec to this file.
-- Repeat until the query lists nothing: an index that was replaced is dropped once its replacement exists, and
-- an invalid one, left by an interrupted build, is dropped and built again.`;

export const MIGRATION_OPENING = `-- Lead Alerts: everything the bot needs in the database, written by npm run db:apply -- --migration.
-- It changes only what differs, so it doesn't matter which earlier migrations a database has had.
-- After "canceling statement due to lock timeout" nothing was changed: run the migration again.`;
