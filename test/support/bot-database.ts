import { beforeEach } from 'vitest';
import { supabaseAlerts } from '../../src/adapters/supabase-alerts.ts';
import { connectDatabase, type Database } from '../../src/adapters/supabase-client.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import { supabaseDigests, supabasePolls } from '../../src/adapters/supabase-polls.ts';
import { tidy } from '../../src/adapters/supabase-upkeep.ts';
import { type PollPlan, type PollPolicy, planPoll } from '../../src/core/poll.ts';
import type { Alerts, Digests, Outbox, PollSummary, Polls } from '../../src/core/ports.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { memoryLog } from './memory-log.ts';
import { type TestDatabase, testDatabase } from './supabase.ts';

const DAY_MS = 24 * 3_600_000;

/** ALERT_CHANNEL in tests. */
export const CHANNEL = 'C0HOTLEADS';

export const POLICY: PollPolicy = {
  channel: CHANNEL,
  firstRun: 'cards',
  maxCardsPerPoll: 10,
  offerTo: { owners: false, rotation: false },
  rearmAfterMs: DAY_MS,
};

const TABLES = [
  'public.developer_signups',
  'public.internal_signals',
  'public.company_enrichment',
  'public.stakeholders',
  'public.expansion_signals',
  'public.lead_scores',
  'lead_bot.alerts',
  'lead_bot.alert_leads',
  'lead_bot.alert_events',
  'lead_bot.alert_notes',
  'lead_bot.undos',
  'lead_bot.offers',
  'lead_bot.away',
  'lead_bot.steps',
  'lead_bot.muted',
  'lead_bot.messages',
  'lead_bot.message_alerts',
  'lead_bot.channels',
  'lead_bot.card_channels',
  'lead_bot.lead_marks',
  'lead_bot.crossings',
  'lead_bot.lead_pictures',
  'lead_bot.poll_state',
  'lead_bot.sweep_state',
  'lead_bot.past_alerts',
  'lead_bot.access_refusals',
  'lead_bot.seen_requests',
  'lead_bot.outcomes',
  'lead_bot.outcome_queues',
  'lead_bot.outcome_endpoints',
];

/** What ages with an alert. */
const ALERT_TIMES = [
  'opened_at',
  'closed_at',
  'cooling_since',
  'claimed_at',
  'contacted_at',
  'held_at',
  'hold_until',
  'told_cold_at',
  'offer_due_at',
  'scrubbed_at',
  'waits_since',
  'step_due_at',
  'due_at',
  'news_told_at',
  'first_claimed_at',
  'first_contacted_at',
];

export interface BotDatabase extends TestDatabase {
  /** The API, called as role `lead_bot`. */
  database: Database;
  alerts: Alerts;
  polls: Polls;
  outbox: Outbox;
  digests: Digests;
  /** One poll by the bot's job. Null if nothing changed. */
  poll(policy?: Partial<PollPolicy>): Promise<PollResult | null>;
  /** The same with a forced sweep. */
  sweep(policy?: Partial<PollPolicy>): Promise<PollResult | null>;
  /** What a poll would record now, for tests in which something happens before it does. Fails if that is nothing. */
  plan(policy?: Partial<PollPolicy>): Promise<PollPlan>;
  /** Empties every table; runs before each test. */
  clear(): Promise<void>;
  /** Tidies like the bot's hourly job until nothing is left. */
  tidy(retentionDays: number, historyDays?: number): Promise<void>;
  /** Ids of all alerts, oldest first. */
  alertIds(): Promise<string[]>;
  /** Id of the only alert. Fails unless there is exactly one. */
  onlyAlert(): Promise<string>;
  /** Ages all alerts by this interval. */
  age(interval: string): Promise<void>;
}

type PollResult = Omit<PollSummary, 'failed' | 'offersDue'>;

/**
 * A database for this test file with the bot's adapters, through the real API and as the bot's role. Every
 * test starts with empty tables.
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

  const clear = async (): Promise<void> => {
    // As a replica no trigger runs, so even the append-only history can be emptied. Truncating rewrites files and
    // invalidates plans, so only big tables are truncated.
    await db.sql(`
      set session_replication_role = replica;
      do $$
      declare
        v_table regclass;
      begin
        foreach v_table in array array['${TABLES.join("','")}']::regclass[] loop
          if pg_relation_size(v_table) > 1000000 then
            execute format('truncate %s cascade', v_table);
          elsif pg_relation_size(v_table) > 0 then
            execute format('delete from %s', v_table);
          end if;
        end loop;
      end $$;
      set session_replication_role = origin;`);
  };
  beforeEach(clear);

  const poll = async (policy: Partial<PollPolicy> = {}): Promise<PollResult | null> => {
    const result = { opened: 0, joined: 0, left: 0, returned: 0, cooled: 0, redrawn: 0 };
    const count = (part: Partial<PollResult>): void => {
      for (const name of keysOf(result)) result[name] += part[name] ?? 0;
    };
    const counted: Polls = {
      ...polls,
      async record(plan, full) {
        const summary = await polls.record(plan, full);
        count(summary);
        return summary;
      },
      async follow(full) {
        const summary = await polls.follow(full);
        count(summary);
        return summary;
      },
    };
    await createPoll({
      polls: counted,
      policy: { ...POLICY, ...policy },
      log: memoryLog(),
      wake: () => {},
    })();
    return Object.values(result).some((n) => n > 0) ? result : null;
  };

  return {
    ...db,
    database,
    alerts: supabaseAlerts(database),
    polls,
    outbox: supabaseOutbox(database),
    digests: supabaseDigests(database),
    poll,
    clear,
    async plan(policy = {}) {
      const full = { ...POLICY, ...policy };
      const plan = planPoll(await polls.changes(full), full);
      if (plan === null) throw new Error('nothing to record');
      return plan;
    },
    async sweep(policy) {
      await db.sql(`update lead_bot.sweep_state set due_at = '-infinity'`);
      return poll(policy);
    },
    async tidy(retentionDays, historyDays = Math.max(730, retentionDays + 1)) {
      while (await tidy(database, retentionDays, historyDays));
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
      // As a replica no trigger runs, so an older period isn't taken for a new one.
      await db.sql(`
        set session_replication_role = replica;
        update lead_bot.alerts a
           set ${ALERT_TIMES.map((column) => `${column} = a.${column} - interval '${interval}'`).join(', ')};
        update lead_bot.steps s set at = s.at - interval '${interval}', period = s.period - interval '${interval}';
        set session_replication_role = origin;`);
      await db.sql(
        `update lead_bot.alert_leads
            set entered_at = entered_at - $1::interval, left_at = left_at - $1::interval,
                missing_since = missing_since - $1::interval`,
        [interval],
      );
      await db.sql(
        `update lead_bot.offers set made_at = made_at - $1::interval, until = until - $1::interval,
           ended_at = ended_at - $1::interval`,
        [interval],
      );
      await db.sql(
        'update lead_bot.away set since = since - $1::interval, until = until - $1::interval',
        [interval],
      );
      await db.sql('update lead_bot.undos set at = at - $1::interval', [interval]);
      await db.sql('update lead_bot.alert_notes set at = at - $1::interval', [interval]);
      await db.sql('update lead_bot.lead_marks set at = at - $1::interval', [interval]);
      await db.sql('update lead_bot.crossings set at = at - $1::interval', [interval]);
      await db.sql('update lead_bot.poll_state set storm_since = storm_since - $1::interval', [
        interval,
      ]);
    },
  };
}

const keysOf = (result: PollResult) =>
  Object.keys(result).filter((name): name is keyof PollResult => name in result);
