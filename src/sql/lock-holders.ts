import type pg from 'pg';
import { connect } from './connect.ts';

/** A session that blocks another. Without its query, which may contain data. */
interface Session {
  pid: number;
  role: string | null;
  application: string | null;
  kind: string | null;
  state: string | null;
  seconds: number | null;
}

/** The blockers in words, and the locked table if known. */
export interface Blocked {
  by: string;
  pids: readonly number[];
  relation: string | null;
}

const SESSIONS = `
  select b.pid, a.usename as role, a.application_name as application, a.backend_type as kind, a.state,
         extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.state_change))::float8 as seconds
    from unnest($1::int[]) b (pid)
    left join pg_stat_activity a on a.pid = b.pid
   order by a.xact_start
   limit 3`;

/** The backend's pid. */
export async function pidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

/** What the connection `pid` is waiting for right now, if anything. */
export async function findBlockers(watcher: pg.Client, pid: number): Promise<Blocked | undefined> {
  const { rows } = await watcher.query<{ pids: number[]; relation: string | null }>(
    `select pg_blocking_pids($1) as pids, (
       select format('%I.%I', n.nspname, c.relname)
         from pg_locks l
         join pg_class c on c.oid = l.relation
         join pg_namespace n on n.oid = c.relnamespace
        where l.pid = $1 and not l.granted
        limit 1
     ) as relation`,
    [pid],
  );
  const [found] = rows;
  if (!found || found.pids.length === 0) return undefined;
  return {
    by: await describeSessions(watcher, found.pids),
    pids: found.pids.filter((one) => one !== 0),
    relation: found.relation,
  };
}

/** Describes sessions, as `pid 4711 (role etl, application "dbt", idle in transaction, for 12 min)`. */
export async function describeSessions(
  watcher: pg.Client,
  pids: readonly number[],
): Promise<string> {
  const { rows } = await watcher.query<Session>(SESSIONS, [pids]);
  return rows.map(inWords).join(' and ');
}

function inWords({ pid, role, application, kind, state, seconds }: Session): string {
  if (pid === 0) return 'a prepared transaction (see pg_prepared_xacts)';
  const known = [
    kind !== null && kind !== 'client backend' ? kind : '',
    role === null ? '' : `role ${role}`,
    application ? `application ${JSON.stringify(application)}` : '',
    state ?? '',
    seconds === null ? '' : `for ${duration(seconds * 1000)}`,
  ].filter((part) => part !== '');
  return known.length === 0 ? `pid ${pid}` : `pid ${pid} (${known.join(', ')})`;
}

/** `12 s`, `5 min`, `3 h`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/**
 * Calls `look` every `everyMs` on a separate connection, opened at the first call. Ignores failures:
 * watching is optional.
 *
 * @returns stops watching, once a running call has finished
 */
export function watch(
  databaseUrl: string,
  everyMs: number,
  look: (watcher: pg.Client) => Promise<void>,
): () => Promise<void> {
  let watcher: pg.Client | undefined;
  let looking: Promise<void> = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    looking = (async () => {
      watcher ??= await connect(databaseUrl, 'db:apply (watching)');
      await look(watcher);
    })()
      .catch(() => {})
      .finally(() => {
        isBusy = false;
      });
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await looking;
    await watcher?.end().catch(() => {});
  };
}
