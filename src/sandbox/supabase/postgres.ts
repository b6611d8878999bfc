import { randomBytes } from 'node:crypto';
import { access, chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { findPostgres, type PostgresBinaries } from './binaries.ts';
import { type Child, startChild } from './child.ts';

const Secrets = z.object({
  admin: z.string(),
  owner: z.string(),
  authenticator: z.string(),
  jwt: z.string(),
});
export type Secrets = z.infer<typeof Secrets>;

export type Login = 'supabase_admin' | 'postgres' | 'authenticator';

/** Plain data, so that the process that started the cluster can pass it to test files. */
export interface Cluster {
  readonly port: number;
  readonly secrets: Secrets;
  /** A temporary folder for socket files. Their paths are limited to 107 bytes, so not in the data folder. */
  readonly scratch: string;
}

export type RestartHow = 'fast' | 'immediate';

export interface PostgresOptions {
  /** Keeps the data and the keys in this folder. Default: a temporary one. */
  databaseDir?: string;
  /** Commits survive a crash of PostgreSQL, but not one of the machine. */
  durable?: boolean;
  /** Gets what PostgreSQL logs, in pieces that may end within a line. */
  onLog?: (text: string) => void;
}

export interface Postgres {
  readonly cluster: Cluster;
  /** False if the folder already had a cluster. */
  readonly isNew: boolean;
  /**
   * Restarts on the same port, and cuts open connections as a Supabase restart does. `immediate` works like
   * a crash, with recovery from the WAL.
   */
  restart(how?: RestartHow): Promise<void>;
  stop(): Promise<void>;
}

export function urlFor({ port, secrets }: Cluster, login: Login, database: string): string {
  const password = {
    supabase_admin: secrets.admin,
    postgres: secrets.owner,
    authenticator: secrets.authenticator,
  }[login];
  return `postgresql://${login}:${password}@127.0.0.1:${port}/${database}`;
}

/** This data need not survive a power cut. */
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
/** The operating system has every commit, and outlives PostgreSQL. */
const DURABLE = ['fsync=off', 'synchronous_commit=on'];

export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const scratch = await mkdtemp(join(tmpdir(), 'lead-alerts-supabase-'));
  const folder = options.databaseDir ?? scratch;
  const cleanUp = () => rm(scratch, { recursive: true, force: true });
  try {
    const binaries = await findPostgres(scratch);
    await mkdir(folder, { recursive: true });
    if (binaries.owner) await Promise.all([scratch, folder].map((path) => chmod(path, 0o755)));
    const data = join(folder, 'data');
    const isNew = !(await exists(join(data, 'PG_VERSION')));
    const secrets = isNew ? newSecrets() : await readSecrets(folder);
    if (isNew) await initdb(binaries, folder, secrets, scratch);

    const durability = options.durable ? DURABLE : FAST;
    const launch = (port: number) =>
      startServer(binaries, data, port, { scratch, durability, onLog: options.onLog });
    let { port, server } = await startOnFreePort(launch);
    return {
      cluster: { port, secrets, scratch },
      isNew,
      async restart(how = 'fast') {
        await server.stop(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
        ({ port, server } = await startOnFreePort(launch, port));
      },
      async stop() {
        await server.stop('SIGINT');
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

function newSecrets(): Secrets {
  const secret = () => randomBytes(24).toString('hex');
  return { admin: secret(), owner: secret(), authenticator: secret(), jwt: secret() };
}

async function readSecrets(folder: string): Promise<Secrets> {
  return Secrets.parse(JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8')));
}

async function initdb(
  { initdb: command, owner }: PostgresBinaries,
  folder: string,
  secrets: Secrets,
  scratch: string,
): Promise<void> {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await mkdir(data, { recursive: true });
  await writeFile(passwordFile, secrets.admin, { mode: 0o600 });
  await writeFile(join(folder, 'secrets.json'), JSON.stringify(secrets), { mode: 0o600 });
  if (owner) {
    await chown(data, owner.uid, owner.gid);
    await chown(passwordFile, owner.uid, owner.gid);
  }
  const child = await startChild(
    command,
    [
      `--pgdata=${data}`,
      '--username=supabase_admin',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    { ...(owner && { owner }), removeOnCrash: scratch, env: { LC_ALL: 'C' } },
  );
  await child.ended;
  await rm(passwordFile, { force: true });
  if (!(await exists(join(data, 'postgresql.conf')))) {
    throw new Error(`initdb failed:\n${child.tail()}`);
  }
}

async function startServer(
  { postgres, owner }: PostgresBinaries,
  data: string,
  port: number,
  {
    scratch: removeOnCrash,
    durability,
    onLog,
  }: { scratch: string; durability: readonly string[]; onLog: PostgresOptions['onLog'] },
): Promise<Child> {
  let announce = () => {};
  const ready = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const settings = [
    ...durability,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'statement_timeout=2min', // Supabase's default; a role's own setting overrides it.
    'shared_buffers=64MB',
    'timezone=UTC',
    'log_timezone=UTC',
    'lc_messages=C',
  ];
  const child = await startChild(
    postgres,
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...(owner && { owner }),
      removeOnCrash,
      env: { LC_ALL: 'C' },
      onOutput: (text) => {
        if (text.includes('ready to accept connections')) announce();
        onLog?.(text);
      },
    },
  );
  await Promise.race([ready, child.ended]);
  if (child.hasEnded()) throw new Error(`PostgreSQL did not start:\n${child.tail()}`);
  return child;
}

/** Retries, since another process may take a free port before we listen on it. */
async function startOnFreePort(
  launch: (port: number) => Promise<Child>,
  wanted?: number,
): Promise<{ port: number; server: Child }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort());
    try {
      return { port, server: await launch(port) };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (!taken || wanted !== undefined || attempt === 5) throw error;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('No free port on 127.0.0.1'));
      });
    });
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Runs SQL on a new connection. */
export async function runSql(url: string, ...texts: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
}
