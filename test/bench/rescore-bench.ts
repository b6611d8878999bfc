import type pg from 'pg';
import { z } from 'zod';
import { forgetStatistics } from './big-database.ts';
import type { BigStage } from './big-stage.ts';
import { bareMs, timerFor } from './bot-session.ts';
import { median } from './figures.ts';
import { count, ms, type Row } from './table.ts';

/**
 * State of the tables.
 * - fresh: just created, never vacuumed, no statistics
 * - emptied: all rows deleted, then vacuumed
 * - old: with earlier scores and statistics, and a queue of marks that once held 200,000
 */
type Tables = 'fresh' | 'emptied' | 'old';

interface Shape {
  rows: number;
  tables: Tables;
  /** The session wrote single rows before, so PL/pgSQL has cached plans for one row. */
  afterOneRow: boolean;
  rounds: number;
}

interface Arm {
  insert: number[];
  update: number[];
}

const MOST = 1.3;

function shapes(largest: number): Shape[] {
  const small = Math.round(largest * 0.06);
  const middle = Math.round(largest * 0.2);
  return [
    ...(['fresh', 'emptied', 'old'] as const).flatMap((tables) =>
      [false, true].map((afterOneRow) => ({ rows: small, tables, afterOneRow, rounds: 3 })),
    ),
    { rows: middle, tables: 'fresh', afterOneRow: true, rounds: 2 },
    { rows: middle, tables: 'emptied', afterOneRow: true, rounds: 2 },
    { rows: middle, tables: 'old', afterOneRow: false, rounds: 2 },
    { rows: largest, tables: 'fresh', afterOneRow: true, rounds: 2 },
  ];
}

/**
 * Measures the pipeline's mass statements with our trigger and without it, on the same tables and indexes.
 * Deletes the scores of this database.
 *
 * Excludes the time spent waiting for a CPU on both sides.
 */
export async function benchRescore(
  stage: BigStage,
  database: string,
  largest: number,
  say: (line: string) => void,
): Promise<Row[]> {
  const admin = await stage.connect('supabase_admin', database);
  try {
    await admin.query(`
      create table public.bench_source as
      select row_number() over ()::int as n, s.developer_id, s.company_score as points
        from public.lead_scores s;
      create index on public.bench_source (n);
      analyze public.bench_source;`);
    const oneRow = await benchOneRow(stage, admin, database);
    say(`  ${oneRow[0]?.what}: ${oneRow[0]?.measured}`);

    const measured: { shape: Shape; op: 'insert' | 'update'; with: number; without: number }[] = [];
    for (const shape of shapes(largest)) {
      const arms: Record<'with' | 'without', Arm> = {
        with: { insert: [], update: [] },
        without: { insert: [], update: [] },
      };
      for (let round = 0; round < shape.rounds; round++) {
        // Order matters, so they take turns at going first.
        const order =
          round % 2 === 0 ? (['without', 'with'] as const) : (['with', 'without'] as const);
        for (const arm of order) {
          const took = await rescore(stage, admin, database, shape, arm === 'with');
          arms[arm].insert.push(took.insert);
          arms[arm].update.push(took.update);
        }
      }
      for (const op of ['insert', 'update'] as const) {
        const one = { shape, op, with: median(arms.with[op]), without: median(arms.without[op]) };
        measured.push(one);
        say(`  ${op} of ${described(shape)}: ${compared(one)}`);
      }
    }
    const sizes = [...new Set(measured.map(({ shape }) => shape.rows))];
    const rows = sizes.flatMap((size) =>
      (['update', 'insert'] as const).map((op): Row => {
        const all = measured.filter((one) => one.shape.rows === size && one.op === op);
        const worst = all.toSorted((a, b) => b.with / b.without - a.with / a.without)[0];
        if (worst === undefined) throw new Error('nothing was measured');
        return {
          what: `Mass re-score, ${op} of ${count(size)} rows: with the trigger, worst of ${all.length === 1 ? '1 shape' : `${all.length} shapes`}`,
          goal: `≤ ${MOST} ×`,
          measured: `${compared(worst)}, ${worst.shape.tables} tables${worst.shape.afterOneRow ? ' after one-row statements' : ''}`,
          plain: '1 ×',
          met: worst.with <= MOST * worst.without,
          figures: all,
        };
      }),
    );
    return [...rows, ...oneRow];
  } finally {
    await admin.query('drop table if exists public.bench_source').catch(() => {});
    await admin.end();
  }
}

const described = ({ rows, tables, afterOneRow }: Shape): string =>
  `${count(rows)} rows, ${tables} tables${afterOneRow ? ', after one-row statements' : ''}`;

const compared = (one: { with: number; without: number }): string =>
  `${(one.with / one.without).toFixed(2)} × (${ms(one.with)} instead of ${ms(one.without)})`;

const INSERT = (rows: number): string => `
  insert into public.lead_scores
    (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action)
  select b.developer_id, b.points, b.points, b.points, b.points, b.points, 'Ask about the audit, and offer a migration review'
    from public.bench_source b
   where b.n <= ${rows}`;

/** Changes all scores: one in 200 turns hot, and all hot leads cool. */
const UPDATE = `
  update public.lead_scores s
     set company_score = p.points, usage_score = p.points, expansion_score = p.points, champion_score = p.points,
         timing_score = p.points, scored_at = now()
    from (select o.id, case when hashtext(o.id::text) % 200 = 0 then 88
                            else greatest(0, least(75, o.company_score - 5 + hashtext(o.id::text) % 6)) end as points
            from public.lead_scores o) p
   where p.id = s.id`;

async function rescore(
  stage: BigStage,
  admin: pg.Client,
  database: string,
  { rows, tables, afterOneRow }: Shape,
  withTrigger: boolean,
): Promise<{ insert: number; update: number }> {
  await admin.query('alter table public.lead_scores disable trigger user');
  await admin.query('truncate public.lead_scores, lead_bot.lead_marks');
  if (tables === 'old') {
    await admin.query(INSERT(rows));
    await admin.query(
      'insert into lead_bot.lead_marks (developer_id, hot) select b.developer_id, true from public.bench_source b where b.n <= 200000',
    );
    await admin.query('vacuum (analyze) public.lead_scores, lead_bot.lead_marks');
    await admin.query('delete from lead_bot.lead_marks where true');
  } else if (tables === 'emptied') {
    await admin.query('vacuum (analyze) public.lead_scores, lead_bot.lead_marks');
  } else {
    await forgetStatistics(admin, ['public.lead_scores', 'lead_bot.lead_marks']);
  }
  if (withTrigger) await admin.query('alter table public.lead_scores enable trigger user');

  // Like a new session of the pipeline, without cached plans.
  const pipeline = await stage.connect('postgres', database);
  try {
    const timer = await timerFor(pipeline);
    if (afterOneRow) await writeSingleRows(pipeline);
    const inserted = await timer.run(INSERT(rows));
    if (tables === 'old') await admin.query('analyze public.lead_scores');
    const updated = await timer.run(UPDATE);
    return { insert: bareMs(inserted), update: bareMs(updated) };
  } finally {
    await pipeline.end();
  }
}

async function writeSingleRows(pipeline: pg.Client): Promise<void> {
  for (let n = 1; n <= 7; n++) {
    await pipeline.query(
      `insert into public.lead_scores (developer_id, company_score) select b.developer_id, 50 from public.bench_source b where b.n = ${n}`,
    );
    await pipeline.query(
      `update public.lead_scores set company_score = 90, usage_score = 90, expansion_score = 90, champion_score = 90, timing_score = 90
        where id = (select id from public.lead_scores limit 1)`,
    );
  }
}

/** 1,000 one-row statements in one transaction, and the subtransactions they create. */
async function benchOneRow(stage: BigStage, admin: pg.Client, database: string): Promise<Row[]> {
  const pipeline = await stage.connect('postgres', database);
  try {
    await pipeline.query(`
      create function pg_temp.one_by_one() returns int language plpgsql as $$
      declare v_id uuid;
      begin
        for v_id in select s.id from public.lead_scores s limit 1000 loop
          update public.lead_scores s
             set company_score = 60, usage_score = 60, expansion_score = 60, champion_score = 60, timing_score = 60
           where s.id = v_id;
        end loop;
        return 1000;
      end $$`);
    const timer = await timerFor(pipeline);
    const arms: Record<'with' | 'without', number[]> = { with: [], without: [] };
    let subtransactions = { count: 0, overflowed: false };
    for (let round = 0; round < 6; round++) {
      for (const arm of ['without', 'with'] as const) {
        await admin.query(
          `alter table public.lead_scores ${arm === 'with' ? 'enable' : 'disable'} trigger user`,
        );
        await pipeline.query('begin');
        const written = await timer.call('pg_temp.one_by_one');
        if (arm === 'with') {
          const { rows } = await admin.query(
            `select s.subxact_count::int as count, s.subxact_overflowed as overflowed
               from pg_stat_get_backend_idset() b (id)
              cross join lateral pg_stat_get_backend_subxact(b.id) s
              where pg_stat_get_backend_pid(b.id) = $1`,
            [await pidOf(pipeline)],
          );
          subtransactions = subtransactionRow.parse(rows[0]);
        }
        await pipeline.query('rollback');
        if (round > 0) arms[arm].push(bareMs(written));
      }
    }
    const one = { with: median(arms.with), without: median(arms.without) };
    const number = subtransactions.overflowed ? 'too many to count' : String(subtransactions.count);
    return [
      {
        what: '1,000 one-row updates in one transaction: subtransactions created by the trigger',
        goal: '0',
        measured: `${number}; ${compared(one)}`,
        plain: '0',
        met: subtransactions.count === 0 && !subtransactions.overflowed,
        figures: { ...one, subtransactions },
      },
    ];
  } finally {
    await pipeline.end();
  }
}

const subtransactionRow = z.object({ count: z.number(), overflowed: z.boolean() });

async function pidOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}
