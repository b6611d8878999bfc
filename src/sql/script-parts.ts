/** Held by whoever applies: two at once would trip over each other. */
export const LOCK_KEY = `hashtextextended('lead-alerts: apply', 0)`;

export const PRINTED_OPENING = `-- Lead Alerts: everything the bot needs in the database. Safe to run again.
-- Should it end with "canceling statement due to lock timeout", somebody else is at work on one of the tables:
-- nothing was changed, and it can be run again a little later.`;

interface Setting {
  name: string;
  value: string;
  why?: string;
}

/** Of the transaction, and of nothing after it. */
export const settings = (lockTimeoutMs: number): readonly Setting[] => [
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
    raise exception 'db:apply is at work elsewhere on this database'
      using errcode = 'LA004', hint = 'Run this again when it has finished.';
  end if;
end;
$do$;`;

export const RELOAD = `notify pgrst, 'reload schema';`;
export const CLOSING = `${RELOAD}
commit;`;

export const PRINTED_INDEXES = `-- The indexes, as a step of their own: on small tables they are there by now, and this lists nothing. On big ones
-- building them takes longer, and must not keep the pipeline from writing ("concurrently"), which is why it can't
-- be a part of the transaction above. The query below lists the statements that are left to run. In Supabase's
-- SQL editor, which makes one transaction of what it is given and ends it after 60 s, run each of them by itself;
-- if one takes too long, run it through psql. psql can run all of them: append a line with \\gexec to this file.
-- Then ask again, until nothing is listed: what a new index replaces is dropped once that stands, and a build
-- that broke off leaves an invalid index behind, which is dropped and built anew.`;

export const MIGRATION_OPENING = `-- Lead Alerts: everything the bot needs in the database, written by npm run db:apply -- --migration.
-- It changes only what is not as it should be, so it doesn't matter which earlier ones a database has had.
-- After "canceling statement due to lock timeout" nothing was changed: run the migration again.`;
