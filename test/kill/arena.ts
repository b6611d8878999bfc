import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays } from 'date-fns/addDays';
import pg from 'pg';
import { type BotProcess, startBot } from '../../src/sandbox/demo/bot-process.ts';
import { PEOPLE } from '../../src/sandbox/slack/defaults.ts';
import { type LocalSlack, startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { type EmbeddedSupabase, startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../src/sql/apply.ts';
import { botSettings } from '../support/bot-settings.ts';

export const CHANNEL = 'C0HOTLEADS';
const BOTS = 2;

const CROWD = Array.from({ length: 5 }, (_, n) => ({
  id: `U0AE${n}`,
  name: `ae${n}`,
  realName: `AE ${n}`,
}));

/** Two bot processes, Postgres and PostgREST, all killable, and a Slack that stays up. */
export interface Arena {
  slack: LocalSlack;
  supabase: EmbeddedSupabase;
  /** Runs as the superuser. Fails while Postgres is down. */
  sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
  bots: BotSlots;
  close(): Promise<void>;
}

export interface BotSlots {
  /** Sends SIGKILL; resolves when the process is gone. */
  kill(slot: number): Promise<void>;
  start(slot: number): Promise<void>;
  /** Sends SIGTERM to all; resolves when they are gone. */
  stop(): Promise<void>;
  readonly count: number;
  readonly started: number;
  /** The last output of bots that stopped by themselves. */
  readonly crashes: readonly string[];
}

export async function openArena(): Promise<Arena> {
  // Commits must survive a crash of Postgres, as in production.
  const supabase = await startSupabase({ durable: true });
  await applySql(supabase.databaseUrl, { leadScoring: true });
  const slack = await startLocalSlack({ people: [...PEOPLE, ...CROWD] });
  const cache = await mkdtemp(join(tmpdir(), 'lead-alerts-kill-'));
  // Node writes its compile cache when a process exits by itself. This one does, as it has no settings.
  await (await startBot({ NODE_COMPILE_CACHE: cache }, () => {})).ended;
  const pool = new pg.Pool({ connectionString: supabase.adminUrl, max: 4 });
  pool.on('error', () => {}); // Postgres restarts.

  const bots = botSlots({
    ...botSettings(slack, supabase),
    ALERT_CHANNEL: CHANNEL,
    // Nobody is at work, so that no morning messages mix with what is counted, whenever this runs.
    HOLIDAYS: daysAround(new Date()),
    POLL_SCHEDULE: '* * * * * *',
    // No digests: they would only delay cards in the channel.
    DIGEST_SCHEDULE: '0 0 29 2 *',
    FIRST_RUN: 'cards',
    MAX_CARDS_PER_POLL: '100',
    // Halves the startup time.
    NODE_COMPILE_CACHE: cache,
  });
  return {
    slack,
    supabase,
    async sql<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
      return (await pool.query<Row>(text, [...values])).rows;
    },
    bots,
    async close() {
      await Promise.all(Array.from({ length: bots.count }, (_, slot) => bots.kill(slot)));
      await pool.end();
      await slack.close();
      await supabase.stop();
      await rm(cache, { recursive: true, force: true });
    },
  };
}

/** Yesterday, today and tomorrow: today's date in any time zone. */
const daysAround = (now: Date): string =>
  [-1, 0, 1].map((days) => addDays(now, days).toISOString().slice(0, 10)).join(',');

function botSlots(env: Readonly<Record<string, string>>): BotSlots {
  const running: (BotProcess | undefined)[] = Array.from({ length: BOTS });
  const crashes: string[] = [];
  let started = 0;
  return {
    count: BOTS,
    get started() {
      return started;
    },
    crashes,
    async start(slot) {
      const bot = await startBot(env, () => {});
      started += 1;
      running[slot] = bot;
      void bot.ended.then(() => {
        if (running[slot] === bot) crashes.push(`exit code ${bot.exitCode()}: ${bot.tail()}`);
      });
    },
    async kill(slot) {
      const bot = running[slot];
      running[slot] = undefined;
      await bot?.kill();
    },
    async stop() {
      const all = running.splice(0, BOTS, ...Array.from({ length: BOTS }, () => undefined));
      await Promise.all(all.map((bot) => bot?.stop()));
    },
  };
}
