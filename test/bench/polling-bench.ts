import { supabasePolls } from '../../src/adapters/supabase-polls.ts';
import type { PollPolicy } from '../../src/core/poll.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import type { Log } from '../../src/ops/log.ts';
import { CHANNEL } from './big-database.ts';
import type { BigStage } from './big-stage.ts';
import { bareMs, databaseOf, openBotSession, type Timed } from './bot-session.ts';
import { longest } from './figures.ts';
import { count, ms, type Row } from './table.ts';

const POLICY: PollPolicy = {
  channel: CHANNEL,
  firstRun: 'rollup',
  maxCardsPerPoll: 10,
  offerTo: { owners: false, rotation: false },
  rearmAfterMs: 24 * 3_600_000,
};
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
const MOST_POLLS = 60;
const LONGEST_CALL_MS = 1_000;

interface Polled {
  calls: ReadonlyMap<string, Timed[]>;
  /** Time from the first call until all leads have entered, and until nothing was left to do. */
  enteredMs: number;
  doneMs: number;
  polls: number;
}

/** Runs the bot's own polls until all leads have entered and nothing is left to do. */
async function pollUntilQuiet(
  stage: BigStage,
  database: string,
  hasEntered: () => Promise<boolean>,
): Promise<Polled> {
  const session = await openBotSession(stage, database);
  const calls = new Map<string, Timed[]>();
  const begun = performance.now();
  let enteredMs = Number.POSITIVE_INFINITY;
  const polls = supabasePolls(
    databaseOf(session, (name, timed) => {
      calls.set(name, [...(calls.get(name) ?? []), timed]);
    }),
  );
  const poll = createPoll({
    // Checks before each call of `changes`, after the previous record has committed.
    polls: {
      ...polls,
      async changes(policy) {
        if (enteredMs === Number.POSITIVE_INFINITY && (await hasEntered())) {
          enteredMs = performance.now() - begun;
        }
        return polls.changes(policy);
      },
    },
    policy: POLICY,
    log: SILENT,
    wake() {},
  });
  try {
    for (let n = 1; n <= MOST_POLLS; n++) {
      await poll();
      const { moved, marks, firstRun } = await polls.changes(POLICY);
      if (!moved && marks.length === 0 && !firstRun) {
        if (enteredMs === Number.POSITIVE_INFINITY && (await hasEntered())) {
          enteredMs = performance.now() - begun;
        }
        return { calls, enteredMs, doneMs: performance.now() - begun, polls: n };
      }
    }
    throw new Error(`still not done after ${MOST_POLLS} polls`);
  } finally {
    await session.end();
  }
}

/** Re-scores all leads: 2,000 turn hot, and a tenth of the hot leads cool. */
export async function benchAfterRescore(
  stage: BigStage,
  database: string,
  becomingHot: number,
  say: (line: string) => void,
): Promise<Row[]> {
  const admin = await stage.connect('supabase_admin', database);
  try {
    const begun = performance.now();
    await admin.query(`
      create table public.bench_new as
      select s.developer_id from public.lead_scores s
        join public.developer_signups d on d.id = s.developer_id and d.is_company_email
       where s.tier <> 'hot' order by hashtext(s.developer_id::text) limit ${becomingHot};
      create unique index on public.bench_new (developer_id);
      analyze public.bench_new;`);
    const pipeline = await stage.connect('postgres', database);
    await pipeline
      .query(
        `update public.lead_scores s
            set company_score = p.points, usage_score = p.points, expansion_score = p.points, champion_score = p.points,
                timing_score = p.points, scored_at = now()
           from (select o.id,
                        case when n.developer_id is not null then 90
                             when o.tier = 'hot' and hashtext(o.id::text) % 10 <> 0 then 85
                             else greatest(0, least(78, o.company_score - 4 + abs(hashtext(o.id::text) % 9))) end as points
                   from public.lead_scores o
                   left join public.bench_new n on n.developer_id = o.developer_id) p
          where p.id = s.id`,
      )
      .finally(() => pipeline.end());
    say(`  re-scored all leads in ${((performance.now() - begun) / 1000).toFixed(1)} s, polling …`);
    const polled = await pollUntilQuiet(stage, database, async () => {
      const { rows } = await admin.query(
        `select from public.bench_new n
          where not exists (select from lead_bot.alert_leads m where m.active and m.developer_id = n.developer_id) limit 1`,
      );
      return rows.length === 0;
    });
    return [
      ...callRows('After a mass re-score', polled),
      {
        what: `After a mass re-score: until ${count(becomingHot)} new hot leads have entered`,
        goal: 'all of them',
        measured: `${ms(polled.enteredMs)}; the other alerts are drawn again after ${ms(polled.doneMs)}`,
        met: Number.isFinite(polled.enteredMs),
      },
    ];
  } finally {
    await admin.end();
  }
}

/** Measures the bot's first run on a database. */
export async function benchFirstRun(
  stage: BigStage,
  database: string,
  hot: number,
): Promise<Row[]> {
  const admin = await stage.connect('supabase_admin', database);
  try {
    await admin.query('set session_replication_role = replica');
    const { rows } = await admin.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c
        where c.relkind = 'r' and c.relnamespace = 'lead_bot'::regnamespace and c.relname <> 'migrations'`,
    );
    await admin.query(`truncate ${rows.map(({ name }) => name).join(', ')}`);
    const polled = await pollUntilQuiet(stage, database, async () => {
      const { rows } = await admin.query<{ all: boolean }>(
        `select count(*) >= ${hot} as all from lead_bot.alert_leads m where m.active`,
      );
      return rows[0]?.all ?? false;
    });
    return [
      ...callRows(`First run, ${count(hot)} hot`, polled),
      {
        what: `First run, ${count(hot)} hot: until all are recorded`,
        goal: '',
        measured: ms(polled.enteredMs),
        met: null,
      },
    ];
  } finally {
    await admin.end();
  }
}

function callRows(when: string, { calls }: Polled): Row[] {
  return [...calls].map(([name, timed]) => {
    const worst = longest(timed.map((one) => one.ms));
    const bare = longest(timed.map(bareMs));
    return {
      what: `${when}: ${name}, longest of ${count(timed.length)} calls`,
      goal: '< 1 s',
      measured: `${ms(worst)}${bare < 0.8 * worst ? ` (${ms(bare)} without waiting for a CPU)` : ''}`,
      met: worst < LONGEST_CALL_MS,
      figures: timed.map((one) => Math.round(one.ms * 10) / 10),
    };
  });
}
