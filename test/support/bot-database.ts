import { beforeEach } from 'vitest';
import { supabaseAlerts } from '../../src/adapters/supabase-alerts.ts';
import { connectDatabase, type Database } from '../../src/adapters/supabase-client.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import { supabaseDigests, supabasePolls } from '../../src/adapters/supabase-polls.ts';
import { type PollPolicy, planPoll } from '../../src/core/poll.ts';
import type { Alerts, Digests, Outbox, PollSummary, Polls } from '../../src/core/ports.ts';
import { type TestDatabase, testDatabase } from './supabase.ts';

export const DAY_MS = 24 * 3_600_000;

/** The channel of cards in tests. */
export const CHANNEL = 'C0HOTLEADS';

export const POLICY: PollPolicy = {
  channel: CHANNEL,
  firstRun: 'cards',
  maxCardsPerPoll: 10,
  rearmAfterMs: DAY_MS,
};

export interface BotDatabase extends TestDatabase {
  /** The API as role `lead_bot`. */
  database: Database;
  alerts: Alerts;
  polls: Polls;
  outbox: Outbox;
  digests: Digests;
  /** One poll as the bot does it; null when there was nothing to record. */
  pollNow(policy?: Partial<PollPolicy>): Promise<PollSummary | null>;
  /** The same, when no transaction is open any more that began before the newest change of a score. */
  poll(policy?: Partial<PollPolicy>): Promise<PollSummary | null>;
  /** Until no transaction is open that began before the newest change of a score. */
  quiet(): Promise<void>;
  /** Ids of all alerts, oldest first. */
  alertIds(): Promise<string[]>;
  /** Id of the only alert; fails when there is another number of them. */
  onlyAlert(): Promise<string>;
  /** Lets time pass for alerts: everything that they remember is so much longer ago. */
  age(interval: string): Promise<void>;
}

/**
 * A database of its own with the bot's adapters on it, through the real API and as the bot's role.
 * Every table is empty at the beginning of each test.
 */
export async function botDatabase(): Promise<BotDatabase> {
  const db = await testDatabase();
  const database = connectDatabase({
    url: db.url,
    key: db.keyFor('lead_bot'),
    publishableKey: db.publishableKey,
  });
  const polls = supabasePolls(database);
  const alertIds = async () => {
    const rows = await db.sql<{ id: string }>(
      'select id from lead_bot.alerts order by opened_at, id',
    );
    return rows.map((row) => row.id);
  };

  beforeEach(async () => {
    // The history refuses to be emptied; as a replica its trigger sleeps.
    await db.sql(`
      set session_replication_role = replica;
      truncate public.developer_signups, public.internal_signals, public.company_enrichment,
               public.stakeholders, public.expansion_signals, public.lead_scores,
               lead_bot.alerts, lead_bot.alert_leads, lead_bot.alert_events, lead_bot.messages,
               lead_bot.message_alerts, lead_bot.channels, lead_bot.lead_snapshots, lead_bot.poll_state,
               lead_bot.access_refusals, lead_bot.seen_requests;
      set session_replication_role = origin;`);
  });

  // Transactions in the databases of other test files count too: they share one PostgreSQL.
  const quiet = async () => {
    for (;;) {
      const [row] = await db.sql<{ quiet: boolean }>(
        `select not exists (select from lead_bot.lead_snapshots
           where txid >= pg_snapshot_xmin(pg_current_snapshot())) as quiet`,
      );
      if (row?.quiet) return;
    }
  };

  const pollNow = async (policy: Partial<PollPolicy> = {}) => {
    const full = { ...POLICY, ...policy };
    const plan = planPoll(await polls.changes(full), full);
    return plan === null ? null : polls.record(plan, full);
  };

  return {
    ...db,
    database,
    alerts: supabaseAlerts(database),
    polls,
    outbox: supabaseOutbox(database),
    digests: supabaseDigests(database),
    quiet,
    pollNow,
    async poll(policy) {
      await quiet();
      return pollNow(policy);
    },
    alertIds,
    async onlyAlert() {
      const [id, ...others] = await alertIds();
      if (id === undefined || others.length > 0) {
        throw new Error(
          `expected one alert, there are ${id === undefined ? 0 : others.length + 1}`,
        );
      }
      return id;
    },
    async age(interval) {
      await db.sql(
        `update lead_bot.alerts set opened_at = opened_at - $1::interval,
           closed_at = closed_at - $1::interval, cooling_since = cooling_since - $1::interval,
           claimed_at = claimed_at - $1::interval, contacted_at = contacted_at - $1::interval`,
        [interval],
      );
      await db.sql(
        `update lead_bot.alert_leads
            set entered_at = entered_at - $1::interval, left_at = left_at - $1::interval`,
        [interval],
      );
      await db.sql('update lead_bot.lead_snapshots set taken_at = taken_at - $1::interval', [
        interval,
      ]);
    },
  };
}
