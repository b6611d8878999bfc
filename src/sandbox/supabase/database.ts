import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeIdentifier } from 'pg';
import { startGateway } from './gateway.ts';
import {
  doorkeeper,
  type KeyOptions,
  type ProjectKeys,
  projectKeys,
  type Role,
  signKey,
} from './keys.ts';
import { type Cluster, runSql, urlFor } from './postgres.ts';
import { postgrestFor } from './postgrest.ts';

/** One database with an API of its own. */
export interface SupabaseDatabase extends ProjectKeys {
  /** What SUPABASE_URL is set to. */
  readonly url: string;
  readonly port: number;
  /** As `postgres`, which like on Supabase owns the database and is no superuser. */
  readonly databaseUrl: string;
  /** As the superuser, for tests that look behind the rights. */
  readonly adminUrl: string;
  /** A JWT: for `anon` and `service_role` what Supabase calls their legacy keys. */
  keyFor(role: Role, options?: KeyOptions): string;
  startPostgrest(): Promise<void>;
  stopPostgrest(): Promise<void>;
  restartPostgrest(): Promise<void>;
  /** Ends its API; the database itself stays. */
  stop(): Promise<void>;
}

/** Makes a database as Supabase makes one, or a copy of `template`, to which nobody may be connected. */
export async function makeDatabase(
  cluster: Cluster,
  name: string,
  template?: string,
): Promise<void> {
  const source = template === undefined ? '' : ` template ${escapeIdentifier(template)}`;
  await runSql(
    urlFor(cluster, 'supabase_admin', 'postgres'),
    `create database ${escapeIdentifier(name)} owner postgres${source}`,
  );
  if (template !== undefined) return;
  const sql = await readFile(join(import.meta.dirname, 'database.sql'), 'utf8');
  await runSql(urlFor(cluster, 'supabase_admin', name), sql);
}

/** Removes a database, whoever is still connected to it. */
export async function dropDatabase(cluster: Cluster, name: string): Promise<void> {
  await runSql(
    urlFor(cluster, 'supabase_admin', 'postgres'),
    `drop database if exists ${escapeIdentifier(name)} with (force)`,
  );
}

/** Starts PostgREST and the HTTP front for a database that exists. */
export async function openDatabase(
  cluster: Cluster,
  name: string,
  port?: number,
): Promise<SupabaseDatabase> {
  const { jwt } = cluster.secrets;
  const postgrest = postgrestFor({
    databaseUrl: urlFor(cluster, 'authenticator', name),
    jwtSecret: jwt,
    socketPath: join(cluster.scratch, `rest-${randomBytes(6).toString('hex')}.sock`),
  });
  await postgrest.start();
  const gateway = await startGateway({
    socketPath: postgrest.socketPath,
    admit: doorkeeper(jwt),
    ...(port !== undefined && { port }),
  }).catch(async (error: unknown) => {
    await postgrest.stop();
    throw error;
  });
  return {
    url: gateway.url,
    port: gateway.port,
    databaseUrl: urlFor(cluster, 'postgres', name),
    adminUrl: urlFor(cluster, 'supabase_admin', name),
    ...projectKeys(jwt),
    keyFor: (role, options) => signKey(jwt, role, options),
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
