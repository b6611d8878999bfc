import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeIdentifier } from 'pg';
import { startGateway } from './gateway.ts';
import {
  type KeyOptions,
  keyChecker,
  type ProjectKeys,
  projectKeys,
  type Role,
  signKey,
} from './keys.ts';
import { type Cluster, runSql, urlFor } from './postgres.ts';
import { postgrestFor } from './postgrest.ts';

/** A database with its own API. */
export interface SupabaseDatabase extends ProjectKeys {
  /** For SUPABASE_URL. */
  readonly url: string;
  readonly port: number;
  /** As `postgres`, which owns the database but is not a superuser, like on Supabase. */
  readonly databaseUrl: string;
  /** As the superuser, for tests that must bypass permissions. */
  readonly adminUrl: string;
  /** A JWT. For `anon` and `service_role`, what Supabase calls the legacy keys. */
  keyFor(role: Role, options?: KeyOptions): string;
  startPostgrest(): Promise<void>;
  stopPostgrest(): Promise<void>;
  restartPostgrest(): Promise<void>;
  /** Stops the API; the database stays. */
  stop(): Promise<void>;
}

/** Creates a database like Supabase's, or copies `template`, which must have no open connections. */
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

/** Drops a database, even with open connections. */
export async function dropDatabase(cluster: Cluster, name: string): Promise<void> {
  await runSql(
    urlFor(cluster, 'supabase_admin', 'postgres'),
    `drop database if exists ${escapeIdentifier(name)} with (force)`,
  );
}

export interface GatewayOptions {
  /** Default: any free port. */
  port?: number;
  /** Called with the path of every request, such as `/rpc/lead_bot_take`. */
  onRequest?: (path: string) => void;
}

/** Starts PostgREST and the gateway for an existing database. */
export async function openDatabase(
  cluster: Cluster,
  name: string,
  { port, onRequest }: GatewayOptions = {},
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
    admit: keyChecker(jwt),
    ...(port !== undefined && { port }),
    ...(onRequest !== undefined && { onRequest }),
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
