import type pg from 'pg';
import { ApplyError } from './apply-error.ts';
import { duration, findBlockers, pidOf, watch } from './lock-holders.ts';

interface Left {
  statement: string;
  kind: 'build' | 'drop';
  name: string;
}

/** How long one index may take; a session of hosted Supabase would end after two minutes. */
const LONGEST = '2h';

/**
 * Does what is left to do about indexes, one by one, each a transaction of its own that keeps nobody
 * from writing: a pipeline's open transaction is waited for, and waits for nothing itself.
 *
 * @param query what is left: `sql/lead-scoring/indexes.sql`
 * @param report gets a line for what takes longer than a second, and then one every ten
 * @throws ApplyError when one can't be built; those before it stand
 * @returns the names of the indexes that were built or dropped
 */
export async function buildIndexes(
  client: pg.Client,
  databaseUrl: string,
  query: string,
  report: (line: string) => void,
): Promise<Set<string>> {
  const done = new Set<string>();
  const tried = new Set<string>();
  await client.query(`set statement_timeout = '${LONGEST}'; set lock_timeout = 0`);
  for (;;) {
    const { rows } = await client.query<Left>(query);
    const left = rows.filter(({ statement }) => !tried.has(statement));
    // Dropping what has been replaced shows up in the next round.
    if (left.length === 0) break;
    for (const [index, { statement, kind, name }] of left.entries()) {
      tried.add(statement);
      const what = `Index ${index + 1} of ${left.length}: ${kind === 'build' ? 'building' : 'dropping'} ${name}`;
      await withProgress(client, databaseUrl, what, statement, report).catch((error: unknown) => {
        throw new ApplyError(explain(error, name), { cause: error });
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
    const how = await progress(watcher, pid);
    report(
      `${what}, ${duration(performance.now() - startedAt)} so far${how === '' ? '' : `: ${how}`}`,
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
  if (blocked) return `waits for ${blocked.by}`;
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

/** Of a row that is in the way Postgres would quote what is in it. */
function explain(error: unknown, name: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  return [
    `The index ${name} could not be built: ${/^2[23]|^54/.test(code) ? 'a row is in the way' : message}${code === '' ? '' : ` (${code})`}.`,
    'Everything else is in place, and the bot works without it, only slower.',
    'Run db:apply again: it goes on with this index.',
  ].join('\n');
}
