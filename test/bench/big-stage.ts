import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { dropDatabase, makeDatabase } from '../../src/sandbox/supabase/database.ts';
import { type Login, runSql, urlFor } from '../../src/sandbox/supabase/postgres.ts';
import { type Cluster, startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../src/sql/apply.ts';
import { type BigSizes, fillDatabase } from './big-database.ts';

export interface BigStage {
  /** Copies a filled database for measuring, and updates its timers. */
  copy(of: string, name: string): Promise<void>;
  makeEmpty(name: string): Promise<void>;
  drop(name: string): Promise<void>;
  connect(login: Login, database: string): Promise<pg.Client>;
  url(login: Login, database: string): string;
  stop(): Promise<void>;
}

export interface BigStageOptions {
  /** Keeps and reuses the filled databases in this folder. */
  folder?: string;
  /** Sizes of each database, by name. */
  filled: Readonly<Record<string, BigSizes>>;
  say: (line: string) => void;
}

const ROOT = join(import.meta.dirname, '..', '..');

export async function openBigStage({ folder, filled, say }: BigStageOptions): Promise<BigStage> {
  const supabase = await startSupabase(folder === undefined ? {} : { databaseDir: folder });
  const { cluster } = supabase;
  const connect = async (login: Login, database: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: urlFor(cluster, login, database) });
    // A query in progress reports a lost connection itself.
    client.on('error', () => {});
    await client.connect();
    // Only the bot's own calls have a timeout. Loads and re-scores are measured, however long they take.
    if (login !== 'authenticator') await client.query('set statement_timeout = 0');
    return client;
  };
  try {
    // Avoids checkpoints and autovacuum during loads.
    for (const setting of ['max_wal_size = 8GB', 'checkpoint_timeout = 3600', 'autovacuum = off']) {
      const [name, value] = setting.split(' = ');
      await runSql(
        urlFor(cluster, 'supabase_admin', 'postgres'),
        `alter system set ${name} = '${value}'`,
      );
    }
    await runSql(urlFor(cluster, 'supabase_admin', 'postgres'), 'select pg_reload_conf()');
    for (const [name, sizes] of Object.entries(filled)) {
      await fill(cluster, name, sizes, connect, say);
    }
  } catch (error) {
    await supabase.stop();
    throw error;
  }
  const admin = urlFor(cluster, 'supabase_admin', 'postgres');
  return {
    async copy(of, name) {
      await dropDatabase(cluster, name);
      // Copying files is faster than going through the WAL.
      await runSql(
        admin,
        'checkpoint',
        `create database ${name} owner postgres template ${of} strategy file_copy`,
      );
      const client = await connect('supabase_admin', name);
      await wakeUp(client);
      await client.query('vacuum (analyze) lead_bot.alerts, lead_bot.sweep_state');
      await client.end();
    },
    async makeEmpty(name) {
      await dropDatabase(cluster, name);
      await makeDatabase(cluster, name);
    },
    drop: (name) => dropDatabase(cluster, name),
    connect,
    url: (login, database) => urlFor(cluster, login, database),
    stop: () => supabase.stop(),
  };
}

/**
 * Moves the bot's timestamps to now. In a database filled hours ago, all cards would be due for a redraw at
 * once, which a running bot never lets happen. Nothing is due for half an hour.
 */
async function wakeUp(client: pg.Client): Promise<void> {
  await client.query(`
    set session_replication_role = replica;
    update lead_bot.alerts a
       set examined_at = now(), redraw_due_at = now() + make_interval(secs => 1800 + random() * 3600),
           step_due_at = now() + make_interval(secs => 1800 + random() * 3600)
     where a.closed_at is null;
    insert into lead_bot.sweep_state (swept_at, due_at, ms) values (now(), now() + interval '60 seconds', 200)
      on conflict (only_row) do update set swept_at = excluded.swept_at, due_at = excluded.due_at;
    reset session_replication_role;`);
}

/** Fills a database, unless a recent one has the same sizes and SQL. */
async function fill(
  cluster: Cluster,
  name: string,
  sizes: BigSizes,
  connect: (login: Login, database: string) => Promise<pg.Client>,
  say: (line: string) => void,
): Promise<void> {
  const owner = urlFor(cluster, 'postgres', name);
  const mark = await fingerprint(sizes);
  const admin = await connect('supabase_admin', 'postgres');
  try {
    const { rows } = await admin.query<{ kept: boolean }>(
      `select $2 = split_part(shobj_description(d.oid, 'pg_database'), ' ', 1)
              -- Otherwise there would be something to tidy.
              and split_part(shobj_description(d.oid, 'pg_database'), ' ', 2)::date > current_date - 20 as kept
         from pg_database d where d.datname = $1`,
      [name, mark],
    );
    if (rows[0]?.kept) {
      say(`${name}: already filled`);
      await applySql(owner, { leadScoring: true });
      return;
    }
    const begun = performance.now();
    say(
      `${name}: ${sizes.leads.toLocaleString('en-US')} leads, ${sizes.messages.toLocaleString('en-US')} messages …`,
    );
    await dropDatabase(cluster, name);
    await makeDatabase(cluster, name);
    await applySql(owner, { leadScoring: true });
    const client = await connect('supabase_admin', name);
    await fillDatabase(client, sizes, say).finally(() => client.end());
    await admin.query(`comment on database ${name} is '${mark} ${new Date().toISOString()}'`);
    say(`${name}: filled in ${Math.round((performance.now() - begun) / 1000)} s`);
  } finally {
    await admin.end();
  }
}

/** Hash of the sizes, the fill code, and all SQL except functions, which are reapplied each time. */
async function fingerprint(sizes: BigSizes): Promise<string> {
  const migrations = join(ROOT, 'sql', 'lead-bot', 'migrations');
  const files = [
    join(import.meta.dirname, 'big-database.ts'),
    join(import.meta.dirname, 'names.ts'),
    join(ROOT, 'sql', 'lead-scoring', 'schema.sql'),
    join(ROOT, 'sql', 'lead-scoring', 'indexes.sql'),
    ...(await readdir(migrations)).sort().map((file) => join(migrations, file)),
  ];
  const hash = createHash('sha256').update(JSON.stringify(sizes));
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 32);
}
