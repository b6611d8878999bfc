import pg from 'pg';
import { z } from 'zod';
import { startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../src/sql/apply.ts';
import { bigSizes, fillDatabase } from './big-database.ts';
import { timerFor } from './bot-session.ts';
import { median, p95 } from './figures.ts';

export interface PollRow {
  leads: number;
  hot: number;
  medianMs: number;
  p95Ms: number;
}

const HOT = 1_000;
const RUNS = 50;

/**
 * Measures a poll that finds nothing new, inside Postgres and without the API. 1,000 hot leads have cards,
 * out of 100,000 and of 200,000 leads.
 */
export async function benchPoll(): Promise<{ rows: PollRow[] }> {
  const supabase = await startSupabase();
  try {
    const rows: PollRow[] = [];
    for (const leads of [100_000, 200_000]) {
      const database = await supabase.createDatabase(`poll_${leads}`);
      await applySql(database.databaseUrl, { leadScoring: true });
      const client = new pg.Client({ connectionString: database.adminUrl });
      await client.connect();
      try {
        const history = { closedAlerts: HOT, messages: 10 * HOT, events: 10 * HOT };
        await fillDatabase(client, bigSizes({ leads, hot: HOT, openAlerts: HOT, ...history }));
        rows.push({ leads, hot: HOT, ...(await measure(client)) });
      } finally {
        await client.end();
      }
      await database.stop();
    }
    return { rows };
  } finally {
    await supabase.stop();
  }
}

const changesAnswer = z.object({ entered: z.array(z.unknown()), moved: z.boolean() });

async function measure(client: pg.Client): Promise<{ medianMs: number; p95Ms: number }> {
  const timer = await timerFor(client);
  const times: number[] = [];
  for (let run = -5; run < RUNS; run++) {
    const { answer, ms } = await timer.call('public.lead_bot_changes', {
      p_rearm_seconds: 86_400,
      p_limit: 100,
    });
    const { entered, moved } = changesAnswer.parse(answer);
    if (moved || entered.length > 0) {
      throw new Error('the measured poll found something new');
    }
    if (run >= 0) times.push(ms);
  }
  return { medianMs: median(times), p95Ms: p95(times) };
}
