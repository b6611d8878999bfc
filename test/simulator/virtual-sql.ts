import pg from 'pg';
import { composeSql } from '../../src/sql/compose.ts';
import { OWNER_COLUMN } from './leads.ts';

/**
 * Replacements for everything that reads the real clock, the real transaction counter or randomness. The
 * bot's functions have an empty search path, so we can't shadow these functions and change the text instead.
 */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  // Only in an old table, which a migration drops.
  [/\bpg_current_xact_id\(\)/gi, 'null::xid8'],
  [/(?<![.\w])clock_timestamp\(\)/gi, 'sim.clock_timestamp()'],
  [/(?<![.\w])now\(\)/gi, 'sim.now()'],
  [/(?<![.\w])gen_random_uuid\(\)/gi, 'sim.uuid()'],
  [/(?<![.\w])random\(\)/gi, 'sim.random()'],
];

/** The last column of the given view. */
const LAST_COLUMN = /AS signal_count(?=\s+FROM developer_signups)/;

/** Forbidden in functions, defaults and views of a database under virtual time. */
const REAL =
  '(^|[^.a-z_])(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|' +
  'gen_random_uuid|txid_current|pg_current_xact_id|pg_current_snapshot|pg_snapshot_xmin)\\s*\\(|' +
  '\\m(current_timestamp|localtimestamp|current_time|localtime|current_date)\\M';

/**
 * A simulated transaction reads its time from a setting. The clock advances a microsecond per call, since it
 * orders the rows of one transaction.
 */
const SIMULATED = `
create schema sim;
grant usage on schema sim to public;
create sequence sim.ticks;
create sequence sim.ids;
grant usage, update on sequence sim.ticks, sim.ids to public;
create function sim.now() returns timestamptz language sql stable
  as $$ select current_setting('sim.now')::timestamptz $$;
create function sim.clock_timestamp() returns timestamptz language sql volatile
  as $$ select sim.now() + make_interval(secs => nextval('sim.ticks') * 0.000001) $$;
create function sim.uuid() returns uuid language sql volatile
  as $$ select md5(current_setting('sim.seed') || nextval('sim.ids'))::uuid $$;
create function sim.random() returns float language sql volatile
  as $$ select (hashtext(current_setting('sim.seed') || nextval('sim.ids')) & 1048575) / 1048576.0 $$;
set sim.now = '2026-01-01 00:00:00+00';
set sim.seed = '0';
`;

/**
 * Applies the bot's SQL to an empty database, under virtual time.
 *
 * @param change edits the SQL before the replacements, to plant a bug
 * @param ownerColumn SQL that gives a lead of `d` its `owner_email`
 */
export async function applyVirtualSql(
  databaseUrl: string,
  change: (script: string) => string = (script) => script,
  ownerColumn = OWNER_COLUMN,
): Promise<void> {
  let script = change(await composeSql({ leadScoring: true }));
  script = script.replace(LAST_COLUMN, (column) => `${column},\n  ${ownerColumn}`);
  for (const [real, replacement] of REPLACEMENTS) script = script.replaceAll(real, replacement);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(SIMULATED);
    await client.query(script);
  } finally {
    await client.end();
  }
}

/** Names of the bot's functions, columns and views that still read the real clock or randomness. */
export async function findRealClockReaders(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select p.proname as name from pg_proc p
         join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'lead_bot')
          and (p.prosrc ~* $1 or pg_get_expr(p.proargdefaults, 0) ~* $1)
       union all
       select c.conrelid::regclass || ': ' || c.conname from pg_constraint c
        where pg_get_constraintdef(c.oid) ~* $1
       union all
       select d.adrelid::regclass || '.' || a.attname
         from pg_attrdef d
         join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
        where pg_get_expr(d.adbin, d.adrelid) ~* $1
       union all
       select v.viewname from pg_views v
        where v.schemaname in ('public', 'lead_bot') and v.definition ~* $1`,
      [REAL],
    );
    return rows.map(({ name }) => name).sort();
  } finally {
    await client.end();
  }
}
