import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { startGateway } from './gateway.ts';
import { type KeyOptions, type Role, signKey } from './keys.ts';
import { type Postgres, runSql, startPostgres } from './postgres.ts';
import { postgrestFor } from './postgrest.ts';

export type { KeyOptions, Role } from './keys.ts';

export interface SupabaseOptions {
  /** Keeps the data (and the keys) in this folder; without it they live in a temporary one. */
  databaseDir?: string;
  /** Of the HTTP front; any free one unless told. */
  port?: number;
}

/** One database with an API of its own. */
export interface SupabaseDatabase {
  /** What SUPABASE_URL is set to. */
  readonly url: string;
  readonly port: number;
  /** As `postgres`, which like on Supabase owns the database and is no superuser. */
  readonly databaseUrl: string;
  /** As the superuser, for tests that look behind the rights. */
  readonly adminUrl: string;
  keyFor(role: Role, options?: KeyOptions): string;
  startPostgrest(): Promise<void>;
  stopPostgrest(): Promise<void>;
  restartPostgrest(): Promise<void>;
  stop(): Promise<void>;
}

export interface EmbeddedSupabase extends SupabaseDatabase {
  /** True when the data folder was new, so that nothing has been applied to it yet. */
  readonly isNew: boolean;
  /** Cuts every connection. PostgREST comes back by itself, after a second or so. */
  restartPostgres(): Promise<void>;
  /** A database in the same cluster; copied from `template`, to which nobody may be connected. */
  createDatabase(name: string, template?: string): Promise<SupabaseDatabase>;
}

/** Tells apart the socket files of one process. */
let socketNumber = 0;

/**
 * A real PostgreSQL and a real PostgREST behind a front like Supabase's, on 127.0.0.1 only.
 * `stop` ends every process and removes every temporary file.
 */
export async function startSupabase(options: SupabaseOptions = {}): Promise<EmbeddedSupabase> {
  const { databaseDir } = options;
  const postgres = await startPostgres(databaseDir === undefined ? {} : { databaseDir });
  try {
    if (postgres.isNew) await makeProject(postgres);
    const main = await openDatabase(postgres, 'postgres', options.port);
    const others = new Set<SupabaseDatabase>();
    return {
      ...main,
      isNew: postgres.isNew,
      restartPostgres: () => postgres.restart(),
      async createDatabase(name, template) {
        await makeDatabase(postgres, name, template);
        const database = await openDatabase(postgres, name);
        const opened: SupabaseDatabase = {
          ...database,
          async stop() {
            if (!others.delete(opened)) return;
            await database.stop();
            await runSql(
              postgres.urlFor('supabase_admin', 'postgres'),
              `drop database if exists ${escapeIdentifier(name)} with (force)`,
            );
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

async function makeProject(postgres: Postgres): Promise<void> {
  const { secrets } = postgres;
  const read = (name: string) => readFile(join(import.meta.dirname, name), 'utf8');
  await runSql(
    postgres.urlFor('supabase_admin', 'postgres'),
    await read('roles.sql'),
    `alter role postgres password ${escapeLiteral(secrets.owner)};
     alter role authenticator password ${escapeLiteral(secrets.authenticator)};
     alter database postgres owner to postgres;`,
    await read('database.sql'),
  );
}

async function makeDatabase(postgres: Postgres, name: string, template?: string): Promise<void> {
  const source = template === undefined ? '' : ` template ${escapeIdentifier(template)}`;
  await runSql(
    postgres.urlFor('supabase_admin', 'postgres'),
    `create database ${escapeIdentifier(name)} owner postgres${source}`,
  );
  if (template !== undefined) return;
  const sql = await readFile(join(import.meta.dirname, 'database.sql'), 'utf8');
  await runSql(postgres.urlFor('supabase_admin', name), sql);
}

async function openDatabase(
  postgres: Postgres,
  name: string,
  port?: number,
): Promise<SupabaseDatabase> {
  socketNumber += 1;
  const postgrest = postgrestFor({
    databaseUrl: postgres.urlFor('authenticator', name),
    jwtSecret: postgres.secrets.jwt,
    socketPath: join(postgres.scratch, `rest-${socketNumber}.sock`),
  });
  await postgrest.start();
  const gateway = await startGateway(postgrest.socketPath, port).catch(async (error: unknown) => {
    await postgrest.stop();
    throw error;
  });
  return {
    url: gateway.url,
    port: gateway.port,
    databaseUrl: postgres.urlFor('postgres', name),
    adminUrl: postgres.urlFor('supabase_admin', name),
    keyFor: (role, keyOptions) => signKey(postgres.secrets.jwt, role, keyOptions),
    startPostgrest: () => postgrest.start(),
    stopPostgrest: () => postgrest.stop(),
    async restartPostgrest() {
      await postgrest.stop();
      await postgrest.start();
    },
    async stop() {
      await gateway.stop();
      await postgrest.stop();
    },
  };
}
