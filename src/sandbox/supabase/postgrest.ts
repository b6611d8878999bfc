import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { findPostgrest } from './binaries.ts';
import { type Child, startChild } from './child.ts';

export interface Postgrest {
  readonly socketPath: string;
  /** Resolves when the schema cache is loaded. A no-op if it is already running. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** PostgREST for one database. It listens on a socket file, so it needs no port. */
export function postgrestFor(options: {
  databaseUrl: string;
  jwtSecret: string;
  socketPath: string;
}): Postgrest {
  const { socketPath } = options;
  let child: Child | undefined;

  return {
    socketPath,
    async start() {
      if (child && !child.hasEnded()) return;
      child = await startChild(await findPostgrest(), [], {
        env: {
          PGRST_DB_URI: options.databaseUrl,
          PGRST_DB_SCHEMAS: 'public',
          PGRST_DB_EXTRA_SEARCH_PATH: 'public, extensions',
          PGRST_DB_ANON_ROLE: 'anon',
          PGRST_DB_POOL: '10',
          PGRST_DB_MAX_ROWS: '1000', // Supabase's default
          PGRST_JWT_SECRET: options.jwtSecret,
          PGRST_SERVER_UNIX_SOCKET: socketPath,
          PGRST_SERVER_UNIX_SOCKET_MODE: '600',
          PGRST_LOG_LEVEL: 'crit',
        },
      });
      await untilReady(child, socketPath);
    },
    async stop() {
      await child?.stop('SIGTERM');
      child = undefined;
    },
  };
}

/** An unknown function returns 503 until the schema cache is loaded, then 404. */
async function untilReady(child: Child, socketPath: string): Promise<void> {
  const giveUp = Date.now() + 20_000;
  while (Date.now() < giveUp) {
    if (child.hasEnded()) throw new Error(`PostgREST did not start:\n${child.tail()}`);
    if ((await statusOf(socketPath, '/rpc/is_postgrest_ready')) === 404) return;
    await wait(10);
  }
  await child.stop('SIGTERM');
  throw new Error(`PostgREST was not ready within 20 s:\n${child.tail()}`);
}

function statusOf(socketPath: string, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = request({ socketPath, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    probe.on('error', () => resolve(undefined));
    probe.end();
  });
}
