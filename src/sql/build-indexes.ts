import type pg from 'pg';
import { ApplyError } from './apply-error.ts';
import { duration, findBlockers, pidOf, watch } from './lock-holders.ts';

interface PendingIndex {
  statement: string;
  kind: 'build' | 'drop';
  name: string;
}

/** `statement_timeout` of one index. Hosted Supabase's default is two minutes. */
const BUILD_TIMEOUT = '2h';

/**
 * Builds and drops the pending indexes concurrently, one at a time. It waits for the pipeline's open
 * transactions; they never wait for it.
 *
 * @param query lists what is pending: `sql/lead-scoring/indexes.sql`
 * @param report gets a line for an index that takes over a second, then one every ten seconds
 * @throws ApplyError when an index can't be built; the earlier ones are kept
 * @returns the names of the indexes built or dropped
 */
export async function buildIndexes(
  client: pg.Client,
  databaseUrl: string,
  query: string,
  report: (line: string) => void,
): Promise<Set<string>> {
  const done = new Set<string>();
  const tried = new Set<string>();
  await client.query(`set statement_timeout = '${BUILD_TIMEOUT}'; set lock_timeout = 0`);
  for (;;) {
    const { rows } = await client.query<PendingIndex>(query);
    const pending = rows.filter(({ statement }) => !tried.has(statement));
    // An index becomes obsolete once its replacement is built, so ask again.
    if (pending.length === 0) break;
    for (const [index, { statement, kind, name }] of pending.entries()) {
      tried.add(statement);
      const what = `Index ${index + 1} of ${pending.length}: ${kind === 'build' ? 'building' : 'dropping'} ${name}`;
      await withProgress(client, databaseUrl, what, statement, report).catch((error: unknown) => {
        throw new ApplyError(explainError(error, name), { cause: error });
      });
      done.add(name);
    }
  }
  await client.query('reset statement_timeout; reset lock_timeout');
  return done;
}

async function withProgress(
  client: pg.Client,
  databaseUrl: string,
  what: string,
  statement: string,
  report: (line: string) => void,
): Promise<void> {
  const pid = await pidOf(client);
  const startedAt = performance.now();
  let nextLineAt = startedAt;
  const stopWatching = watch(databaseUrl, 1_000, async (watcher) => {
    if (performance.now() < nextLineAt) return;
    const phase = await progress(watcher, pid);
    report(
      `${what}, ${duration(performance.now() - startedAt)} so far${phase === '' ? '' : `: ${phase}`}`,
    );
    nextLineAt = performance.now() + 10_000;
  });
  try {
    await client.query(statement);
  } finally {
    await stopWatching();
  }
  if (nextLineAt !== startedAt) {
    report(`${what}, done after ${duration(performance.now() - startedAt)}`);
  }
}

async function progress(watcher: pg.Client, pid: number): Promise<string> {
  const blocked = await findBlockers(watcher, pid);
  if (blocked) return `waiting for ${blocked.by}`;
  const { rows } = await watcher.query<{ phase: string; percent: number | null }>(
    `select phase,
            floor(100.0 * case when blocks_total > 0 then blocks_done::numeric / blocks_total
                               when tuples_total > 0 then tuples_done::numeric / tuples_total end)::int as percent
       from pg_stat_progress_create_index where pid = $1`,
    [pid],
  );
  const [found] = rows;
  if (!found) return '';
  return found.percent === null ? found.phase : `${found.phase}, ${found.percent} %`;
}

/** Leaves out the message when Postgres would quote the row in it. */
function explainError(error: unknown, name: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  return [
    `The index ${name} could not be built: ${/^2[23]|^54/.test(code) ? 'a row does not fit' : message}${code === '' ? '' : ` (${code})`}.`,
    'Everything else is in place. The bot works without this index, only slower.',
    'Run db:apply again to resume with it.',
  ].join('\n');
}
