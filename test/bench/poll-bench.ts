import pg from 'pg';
import { startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../src/sql/apply.ts';

export interface PollRow {
  leads: number;
  hot: number;
  medianMs: number;
  p95Ms: number;
}

const HOT = 1_000;
const RUNS = 50;

/**
 * How long a poll that finds nothing new takes inside Postgres, without the way through the API:
 * 1,000 hot leads are tracked, among 100,000 and among 200,000. For every two leads there is a
 * developer with a personal address, who is none.
 */
export async function benchPoll(): Promise<{ rows: PollRow[] }> {
  const supabase = await startSupabase();
  const client = new pg.Client({ connectionString: supabase.databaseUrl });
  try {
    await applySql(supabase.databaseUrl, { leadScoring: true });
    await client.connect();
    const rows: PollRow[] = [];
    let leads = 0;
    for (const target of [100_000, 200_000]) {
      await addLeads(client, leads + 1, target, leads === 0 ? HOT : 0);
      leads = target;
      rows.push({ leads, hot: HOT, ...(await measure(client)) });
    }
    return { rows };
  } finally {
    await client.end().catch(() => {});
    await supabase.stop();
  }
}

/** Leads `from` to `to`, five to a company, as the pipeline writes them; the first `hot` are hot. */
async function addLeads(client: pg.Client, from: number, to: number, hot: number): Promise<void> {
  await client.query(`
    insert into public.company_enrichment (domain, company_name)
    select 'c' || i || '.example', 'Company ' || i
      from generate_series(${from}, ${to}) i where i % 5 = 0;
    insert into public.developer_signups (email, full_name, company_domain)
    select 'dev' || i || '@c' || (i + 4) / 5 * 5 || '.example', 'Developer ' || i,
           'c' || (i + 4) / 5 * 5 || '.example'
      from generate_series(${from}, ${to}) i;
    insert into public.developer_signups (email)
    select 'dev' || i || '@gmail.com' from generate_series(${from}, ${to}, 2) i;
    insert into public.internal_signals (developer_id, project_count, api_calls_30d, api_calls_prev_30d)
    select d.id, 3, 1000, 900 from public.developer_signups d
     where not exists (select from public.internal_signals i where i.developer_id = d.id);
    insert into public.lead_scores
      (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
    select d.id, p.points, p.points, p.points, p.points, p.points
      from public.developer_signups d
     cross join lateral (
       select case when d.is_company_email and substring(d.email from 'dev([0-9]+)')::int <= ${hot} then 90
                   else (substring(d.email from 'dev([0-9]+)')::int * 7) % 80 end as points
     ) p
     where not exists (select from public.lead_scores s where s.developer_id = d.id);`);
  await client.query(`
    select public.lead_bot_record_poll(jsonb_build_object(
      'channel', 'C0', 'rearm_seconds', 86400, 'rollup_reason', 'first-run',
      'entries', (
        select coalesce(jsonb_agg(jsonb_build_object('developer_id', e.value ->> 'developer_id', 'show', 'rollup')), '[]')
          from jsonb_array_elements(public.lead_bot_changes(86400, 5000) -> 'entered') e
      )
    ))`);
  await client.query('vacuum analyze');
}

async function measure(client: pg.Client): Promise<{ medianMs: number; p95Ms: number }> {
  const times: number[] = [];
  for (let run = -5; run < RUNS; run++) {
    const { rows } = await client.query<{
      ms: number;
      changes: { entered: unknown[]; moved: boolean };
    }>(
      `with begun as materialized (select clock_timestamp() as at),
            polled as materialized (select public.lead_bot_changes(86400, 5000) as changes from begun)
       select changes, extract(epoch from clock_timestamp() - (select at from begun))::float * 1000 as ms
         from polled`,
    );
    const [row] = rows;
    if (row === undefined || row.changes.moved || row.changes.entered.length > 0) {
      throw new Error('the poll that is measured found something new');
    }
    if (run >= 0) times.push(row.ms);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round((times[Math.floor(times.length * share)] ?? 0) * 100) / 100;
  return { medianMs: at(0.5), p95Ms: at(0.95) };
}
