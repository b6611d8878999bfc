import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../src/sql/apply.ts';
import { botSettings } from '../support/bot-settings.ts';
import { OLD_SETTINGS } from './old-states.ts';
import { checkOut } from './old-version.ts';
import { startOldWorkspace } from './old-workspace.ts';

export interface Measured {
  /** Of the transaction and of the indexes that are built after it. */
  applySeconds: number;
  /** Of a poll, asked every 100 ms as an old bot asks. */
  longestCallMs: number;
  failedCalls: number;
  /** What db:apply reported. */
  lines: string[];
}

/**
 * How long db:apply takes on a database of that commit with this many leads, closed alerts and snapshots, as
 * many messages, and three times as many events; and how long old bots wait meanwhile.
 */
export async function measureApply(commit: string, size: number): Promise<Measured> {
  const old = await checkOut(commit);
  const supabase = await startSupabase({ durable: true });
  const slack = await startOldWorkspace();
  const client = new pg.Client({ connectionString: supabase.adminUrl });
  try {
    await client.connect();
    await old.applySql(supabase.databaseUrl);
    await client.query('set session_replication_role = replica');
    for (const statement of fill(size)) await client.query(statement);
    await client.query('set session_replication_role = origin; analyze');
    const settings = { ...botSettings(slack, supabase), ...OLD_SETTINGS, FIRST_RUN: 'silent' };
    const bot = await old.startBot(settings);
    await slack.until(() => slack.connections() === 1, { what: 'the old bot', timeoutMs: 60_000 });
    const calls = watchCalls(supabase.url, settings.SUPABASE_KEY, supabase.publishableKey);
    try {
      const lines: string[] = [];
      const begun = performance.now();
      await applySql(supabase.databaseUrl, { leadScoring: true, private: false }, (line) =>
        console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s: ${line}`),
      );
      const applySeconds = (performance.now() - begun) / 1000;
      return { applySeconds, ...(await calls.stop()), lines };
    } finally {
      await calls.stop();
      await bot.kill();
    }
  } finally {
    await client.end();
    await slack.close();
    await supabase.stop();
    await old.remove();
  }
}

function watchCalls(url: string, key: string, publishableKey: string) {
  let over = false;
  const seen = { longestCallMs: 0, failedCalls: 0 };
  const running = (async () => {
    while (!over) {
      const begun = performance.now();
      const answer = await fetch(`${url}/rest/v1/rpc/lead_bot_changes`, {
        method: 'POST',
        headers: {
          apikey: publishableKey,
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ p_rearm_seconds: 86_400, p_limit: 5000 }),
      });
      await answer.text();
      seen.longestCallMs = Math.max(seen.longestCallMs, performance.now() - begun);
      if (!answer.ok) seen.failedCalls += 1;
      await sleep(100);
    }
  })();
  return {
    async stop() {
      over = true;
      await running;
      return seen;
    },
  };
}

const id = (what: string, n = 'n'): string => `md5('${what}' || ${n})::uuid`;

/** One company in ten leads is hot and open. */
const fill = (size: number): string[] => [
  `insert into public.company_enrichment (id, domain, company_name, employee_count)
   select ${id('c')}, 'company' || n || '.example', 'Company ' || n, 100 from generate_series(1, ${size / 4}) n`,
  `insert into public.developer_signups (id, email, full_name, company_domain)
   select ${id('d')}, 'dev' || n || '@company' || n / 4 || '.example', 'Dev ' || n, 'company' || n / 4 || '.example'
     from generate_series(1, ${size}) n`,
  `insert into public.internal_signals (developer_id, project_count, api_calls_30d, api_calls_prev_30d)
   select ${id('d')}, 2, 1000, 500 from generate_series(1, ${size}) n`,
  `insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
   select ${id('d')}, s, s, s, s, s
     from generate_series(1, ${size}) n, lateral (select case when n % 200 = 0 then 90 else n % 70 end as s) x`,
  `insert into lead_bot.alerts (id, account_key, status, opened_at, closed_at, owner, claimed_at, contacted_at, contact_method, contact_note)
   select ${id('a')}, 'company' || n / 4 || '.example', 'contacted', now() - n * interval '1 minute' - interval '2 days',
          now() - n * interval '1 minute', 'U0ALICE', now(), now() - n * interval '1 minute', 'email', 'A note'
     from generate_series(1, ${size}) n`,
  `insert into lead_bot.alerts (id, account_key, status)
   select ${id('o')}, 'company' || n / 4 || '.example', 'open' from generate_series(200, ${size}, 200) n`,
  `insert into lead_bot.alert_leads (alert_id, developer_id, score_at_entry)
   select ${id('a')}, ${id('d')}, 90 from generate_series(1, ${size}) n
   union all select ${id('o')}, ${id('d')}, 90 from generate_series(200, ${size}, 200) n`,
  `insert into lead_bot.alert_events (alert_id, at, kind, from_status, to_status)
   select ${id('a')}, now() - n * interval '1 minute', k, 'open', 'open'
     from generate_series(1, ${size}) n, unnest('{opened,claimed,contacted}'::text[]) k`,
  `insert into lead_bot.messages (id, kind, alert_id, channel, dedupe_key, state, shown_version, slack_channel, slack_ts, posted_at)
   select ${id('m')}, 'card', ${id('a')}, 'C0HOTLEADS', 'card:' || ${id('a')}, 'posted', 1, 'C0HOTLEADS',
          (1700000000 + n) || '.000100', now()
     from generate_series(1, ${size}) n`,
  `insert into lead_bot.messages (id, kind, alert_id, channel, dedupe_key, state, shown_version, slack_channel, slack_ts, posted_at)
   select ${id('p')}, 'card', ${id('o')}, 'C0HOTLEADS', 'card:' || ${id('o')}, 'posted', 1, 'C0HOTLEADS',
          (1600000000 + n) || '.000100', now()
     from generate_series(200, ${size}, 200) n`,
  `insert into lead_bot.message_alerts (message_id, alert_id)
   select m.id, m.alert_id from lead_bot.messages m`,
  `insert into lead_bot.lead_snapshots (developer_id, taken_at, txid, total_score, tier)
   select ${id('d')}, now() - interval '3 days', '0', 50, 'warm' from generate_series(1, ${size}) n`,
  `insert into lead_bot.poll_state (first_poll_at, seen_before) values (now() - interval '90 days', pg_current_xact_id())`,
];
