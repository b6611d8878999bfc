import pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { BigStage } from './big-stage.ts';
import { median } from './figures.ts';
import { count } from './table.ts';

export interface BossFigures {
  /** Number of completed jobs, formatted. */
  completed: string;
  fetchNothingMs: number;
  fetchEightMs: number;
  completeMs: number;
}

const QUEUE = 'messages';
const RUNS = 30;

/**
 * Measures pg-boss on the same work, in its own database in the same Postgres: a fetch that finds nothing among
 * completed jobs, a fetch of 8 out of 5,000, and a completion. Counts only the time of its queries.
 */
export async function benchPgBoss(
  stage: BigStage,
  completed: number,
  say: (line: string) => void,
): Promise<BossFigures> {
  const database = 'bench_boss';
  await stage.makeEmpty(database);
  // A pool, since it sends some queries concurrently.
  const client = new pg.Pool({ connectionString: stage.url('postgres', database), max: 1 });
  client.on('error', () => {});
  let sqlMs = 0;
  const boss = new PgBoss({
    db: {
      async executeSql(text, values) {
        const begun = performance.now();
        const result = await client.query(text, values);
        sqlMs += performance.now() - begun;
        // Multiple statements return multiple results; the last one counts.
        return Array.isArray(result) ? (result.at(-1) ?? { rows: [] }) : result;
      },
    },
    supervise: false,
    schedule: false,
  });
  // Errors that matter are thrown by the calls.
  boss.on('error', () => {});
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    sqlMs = 0;
    await work();
    return sqlMs;
  };
  const series = async (work: () => Promise<unknown>): Promise<number> => {
    const all: number[] = [];
    for (let run = -5; run < RUNS; run++) {
      const took = await timed(work);
      if (run >= 0) all.push(took);
    }
    return median(all);
  };
  try {
    await boss.start();
    await boss.createQueue(QUEUE);
    await boss.send(QUEUE, { message: 0 });
    await boss.complete(QUEUE, (await boss.fetch(QUEUE))[0]?.id ?? '');
    say(`  pg-boss: ${count(completed)} completed jobs …`);
    // Copies its own completed job, with new ids and times.
    const like = await client.query<{ columns: string }>(
      `select string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
        where table_schema = 'pgboss' and table_name = 'job' and is_generated = 'NEVER'
          and column_name not in ('id', 'completed_on', 'created_on')`,
    );
    const columns = like.rows[0]?.columns ?? '';
    await client.query(
      `insert into pgboss.job (id, created_on, completed_on, ${columns})
       select gen_random_uuid(), now() - make_interval(secs => n * 0.6), now() - make_interval(secs => n * 0.6), ${columns}
         from pgboss.job j cross join generate_series(1, ${completed}) n
        where j.name = '${QUEUE}'`,
    );
    await client.query('vacuum analyze');
    const fetchNothingMs = await series(async () => {
      if ((await boss.fetch(QUEUE, { batchSize: 8 })).length > 0) throw new Error('a job was due');
    });
    await boss.insert(
      QUEUE,
      Array.from({ length: 5_000 }, (_, n) => ({ data: { message: n } })),
    );
    const fetches: number[] = [];
    const completions: number[] = [];
    for (let run = -2; run < RUNS; run++) {
      let ids: string[] = [];
      const fetched = await timed(async () => {
        ids = (await boss.fetch(QUEUE, { batchSize: 8 })).map(({ id }) => id);
      });
      if (ids.length !== 8) throw new Error(`pg-boss fetched ${ids.length} jobs instead of 8`);
      if (run >= 0) fetches.push(fetched);
      for (const id of ids) {
        const took = await timed(() => boss.complete(QUEUE, id));
        if (run >= 0) completions.push(took);
      }
    }
    return {
      completed: count(completed),
      fetchNothingMs,
      fetchEightMs: median(fetches),
      completeMs: median(completions),
    };
  } finally {
    await boss.stop({ graceful: false }).catch(() => {});
    await client.end();
    await stage.drop(database);
  }
}
