import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeLiteral } from 'pg';
import {
  dropDatabase,
  type GatewayOptions,
  makeDatabase,
  openDatabase,
  type SupabaseDatabase,
} from './database.ts';
import {
  type Cluster,
  type PostgresOptions,
  type RestartHow,
  runSql,
  startPostgres,
  urlFor,
} from './postgres.ts';

export type { SupabaseDatabase } from './database.ts';
export type { KeyOptions, Role } from './keys.ts';
export type { Cluster } from './postgres.ts';

export interface SupabaseOptions extends PostgresOptions, GatewayOptions {}

export interface EmbeddedSupabase extends SupabaseDatabase {
  /** For other processes that open databases in it. */
  readonly cluster: Cluster;
  /** True if the data folder was empty, so no SQL has been applied yet. */
  readonly isNew: boolean;
  /** Cuts every connection. PostgREST reconnects by itself after a second or two. */
  restartPostgres(how?: RestartHow): Promise<void>;
  /** Creates a database in the same cluster, or copies `template`, which must have no open connections. */
  createDatabase(name: string, template?: string): Promise<SupabaseDatabase>;
}

/**
 * A real PostgreSQL and PostgREST behind a gateway like Supabase's, on 127.0.0.1 only. `stop` ends every
 * process and removes every temporary file.
 */
export async function startSupabase(options: SupabaseOptions = {}): Promise<EmbeddedSupabase> {
  const postgres = await startPostgres(options);
  const { cluster } = postgres;
  try {
    if (postgres.isNew) await makeProject(cluster);
    const main = await openDatabase(cluster, 'postgres', options);
    const others = new Set<SupabaseDatabase>();
    return {
      ...main,
      cluster,
      isNew: postgres.isNew,
      restartPostgres: (how) => postgres.restart(how),
      async createDatabase(name, template) {
        await makeDatabase(cluster, name, template);
        const database = await openDatabase(cluster, name);
        const opened: SupabaseDatabase = {
          ...database,
          async stop() {
            if (!others.delete(opened)) return;
            await database.stop();
            await dropDatabase(cluster, name);
          },
        };
        others.add(opened);
        return opened;
      },
      async stop() {
        await Promise.all([...others].map((database) => database.stop()));
        await main.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function makeProject(cluster: Cluster): Promise<void> {
  const { secrets } = cluster;
  const read = (name: string) => readFile(join(import.meta.dirname, name), 'utf8');
  await runSql(
    urlFor(cluster, 'supabase_admin', 'postgres'),
    await read('roles.sql'),
    `alter role postgres password ${escapeLiteral(secrets.owner)};
     alter role authenticator password ${escapeLiteral(secrets.authenticator)};
     alter database postgres owner to postgres;`,
    await read('database.sql'),
  );
}
