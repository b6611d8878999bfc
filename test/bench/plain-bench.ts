import type pg from 'pg';
import { GIANT } from './big-database.ts';
import type { BigStage } from './big-stage.ts';
import { median } from './figures.ts';
import type { BossFigures } from './pg-boss-bench.ts';
import { ms } from './table.ts';

/** Formatted costs of a plain implementation. */
export interface PlainFigures {
  selectHot: string;
  ilikeUnknown: string;
  ilikePart: string;
  ilikeTypo: string;
  giant: string;
  list: string;
  health: string;
  fetchNothing: string;
  fetchEight: string;
  complete: string;
}

const CUT_OFF_MS = 30_000;

/** Measures plain queries on the view and the tables, with our indexes and without. */
export async function benchPlain(
  stage: BigStage,
  database: string,
  boss: BossFigures,
  say: (line: string) => void,
): Promise<PlainFigures> {
  const client = await stage.connect('supabase_admin', database);
  try {
    await client.query(`set statement_timeout = ${CUT_OFF_MS}; set search_path = public`);
    const time = async (text: string, runs = 3): Promise<string> => {
      const all: number[] = [];
      for (let run = 0; run < runs; run++) {
        const took = await timeOf(client, text);
        if (took === null) return `> ${CUT_OFF_MS / 1000} s`;
        all.push(took);
        if (took > 3_000) break;
      }
      return ms(median(all));
    };
    const ilike = (word: string) =>
      time(`select * from lead_dashboard
             where company_name ilike '%${word}%' or company_domain ilike '%${word}%' or email ilike '%${word}%'
             order by total_score desc nulls last limit 10`);

    say('  select * from lead_dashboard …');
    const indexed = await time("select * from lead_dashboard where tier = 'hot'", 5);
    await client.query('begin');
    await client.query(await droppingIndexes(client));
    await client.query('savepoint given');
    const given = await time("select * from lead_dashboard where tier = 'hot'", 1);
    await client.query('rollback');
    say(`  select * from lead_dashboard where tier = 'hot': ${given}, with indexes ${indexed}`);

    say('  ilike …');
    const figures = {
      selectHot: `${given}; with indexes ${indexed}`,
      ilikeUnknown: await ilike('blurfington'),
      ilikePart: await ilike('harbor'),
      ilikeTypo: `${await ilike('pacifc harbor')}, finds nothing`,
      giant: await time(
        `select * from lead_dashboard where company_domain = '${GIANT}' order by total_score desc nulls last limit 25`,
      ),
      list: await time(
        "select * from lead_dashboard where tier = 'hot' order by total_score desc limit 25",
      ),
      health: await time('select state, count(*) from lead_bot.messages group by 1'),
      fetchNothing: `pg-boss ${ms(boss.fetchNothingMs)} (${boss.completed} completed)`,
      fetchEight: `pg-boss ${ms(boss.fetchEightMs)}`,
      complete: `pg-boss ${ms(boss.completeMs)}`,
    };
    return figures;
  } finally {
    await client.end();
  }
}

/** Milliseconds until all rows are in memory and compared with the known state; null on a timeout. */
async function timeOf(client: pg.Client, text: string): Promise<number | null> {
  const begun = performance.now();
  const known = new Map<string, string>();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text);
    for (const row of rows) {
      const id = String(row['developer_id']);
      const picture = JSON.stringify(row);
      if (known.get(id) !== picture) known.set(id, picture);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '57014') return null;
    throw error;
  }
  return performance.now() - begun;
}

async function droppingIndexes(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ text: string }>(
    `select string_agg(format('drop index %s', i.indexrelid::regclass), '; ') as text
       from pg_index i
       join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
      where not exists (select from pg_constraint k where k.conindid = i.indexrelid)`,
  );
  return rows[0]?.text ?? '';
}
