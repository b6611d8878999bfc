import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createClient } from '@supabase/supabase-js';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import {
  dropDatabase,
  makeDatabase,
  openDatabase,
  type SupabaseDatabase,
} from '../../src/sandbox/supabase/database.ts';
import type { KeyOptions, Role } from '../../src/sandbox/supabase/keys.ts';
import { type Cluster, urlFor } from '../../src/sandbox/supabase/postgres.ts';

export interface TestDatabase extends SupabaseDatabase {
  /** Runs a statement as superuser, always on the same connection. */
  sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

function runningCluster(): Cluster {
  const cluster: Cluster | undefined = inject('cluster');
  if (cluster) return cluster;
  throw new Error('This file needs PostgreSQL: add it to DATABASE in vitest.config.ts.');
}

/**
 * A database and API for this test file, copied from the template: lead tables and the bot's SQL, with rows
 * only if `seed`, or nothing at all if `empty`. Call it at the top of a test file.
 */
export async function testDatabase(
  options: { seed?: boolean; empty?: boolean } = {},
): Promise<TestDatabase> {
  const cluster = runningCluster();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await makeDatabase(cluster, name, options.empty ? undefined : inject('templateDatabase'));
  const database = await openDatabase(cluster, name);
  const client = new pg.Client({ connectionString: database.adminUrl });
  client.on('error', () => {}); // A test may restart PostgreSQL; the next query says so.
  await client.connect();
  if (options.seed) await client.query(await sqlFile('lead-scoring/seed.sql'));

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await client.end();
    await database.stop();
    await dropDatabase(cluster, name);
  };
  const stopOnce = () => {
    stopped ??= stop();
    return stopped;
  };
  afterAll(stopOnce);
  return {
    ...database,
    async sql<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
      return (await client.query<Row>(text, [...values])).rows;
    },
    stop: stopOnce,
  };
}

/** A fresh Supabase database without the bot's SQL and without an API, removed after the test file. */
export async function emptyDatabase(): Promise<{ databaseUrl: string; adminUrl: string }> {
  const cluster = runningCluster();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await makeDatabase(cluster, name);
  afterAll(() => dropDatabase(cluster, name));
  return {
    databaseUrl: urlFor(cluster, 'postgres', name),
    adminUrl: urlFor(cluster, 'supabase_admin', name),
  };
}

/** The headers of a request by this role: a project key and the role's token. */
export const headersFor = (database: SupabaseDatabase, role: Role, options?: KeyOptions) => ({
  apikey: database.publishableKey,
  authorization: `Bearer ${database.keyFor(role, options)}`,
});

export const clientFor = (database: SupabaseDatabase, role: Role, options?: KeyOptions) =>
  createClient(database.url, database.publishableKey, {
    auth: { persistSession: false },
    global: { headers: headersFor(database, role, options) },
  });

const sqlFile = (file: string) => readFile(new URL(`../../sql/${file}`, import.meta.url), 'utf8');
