import pg from 'pg';
import { composeSql } from '../../src/sql/compose.ts';

/**
 * What reads the real clock, the real transaction counter or chance, and what stands in for it. The
 * bot's functions have an empty search path, so nothing can be shadowed; their text is changed instead.
 */
const STAND_INS: readonly (readonly [RegExp, string])[] = [
  // Of a table of before there were marks, which a migration drops.
  [/\bpg_current_xact_id\(\)/gi, 'null::xid8'],
  [/(?<![.\w])clock_timestamp\(\)/gi, 'sim.clock_timestamp()'],
  [/(?<![.\w])now\(\)/gi, 'sim.now()'],
  [/(?<![.\w])gen_random_uuid\(\)/gi, 'sim.uuid()'],
];

/** What may stand in no function, default or view of a database under virtual time. */
const REAL =
  '(^|[^.a-z_])(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|' +
  'gen_random_uuid|txid_current|pg_current_xact_id|pg_current_snapshot|pg_snapshot_xmin)\\s*\\(|' +
  '\\m(current_timestamp|localtimestamp|current_time|localtime|current_date)\\M';

/**
 * A transaction of the simulation reads its time from a setting. The clock ticks a microsecond a look, as
 * rows of one transaction keep their order by it.
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
set sim.now = '2026-01-01 00:00:00+00';
set sim.seed = '0';
`;

/**
 * Brings an empty database to the bot's own SQL under virtual time.
 *
 * @param change what a test changes about the SQL, as it is in the repository
 */
export async function applyVirtualSql(
  databaseUrl: string,
  change: (script: string) => string = (script) => script,
): Promise<void> {
  let script = change(await composeSql({ leadScoring: true }));
  for (const [real, standIn] of STAND_INS) script = script.replaceAll(real, standIn);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(SIMULATED);
    await client.query(script);
  } finally {
    await client.end();
  }
}

/** Names of functions, columns and views of the bot that still read the real clock or chance. */
export async function readersOfTheRealWorld(databaseUrl: string): Promise<string[]> {
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
