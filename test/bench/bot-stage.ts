import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type BotProcess, startBot } from '../../src/sandbox/demo/bot-process.ts';
import { type EmbeddedSupabase, startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../src/sql/apply.ts';
import { botSettings } from '../support/bot-settings.ts';
import { freePort } from '../support/listen.ts';
import { bigSizes, CHANNEL, fillDatabase } from './big-database.ts';
import { cpuSeconds, cpuSecondsOf } from './processes.ts';
import { type SlackProcess, startSlackProcess } from './start-slack.ts';

/** A database with open alerts, a local Slack with their cards, and bots: each in a process of its own. */
export interface BotStage {
  readonly slack: SlackProcess;
  readonly client: pg.Client;
  /** Domains of the companies with an open alert. */
  readonly domains: readonly string[];
  /** Requests at the gateway by function, since the last call of this. */
  takeRequests(): Map<string, number>;
  /** Resolves when the bot is ready. */
  startBot(options?: StartOptions): Promise<StageBot>;
  /** Starts to measure. The returned function returns the cores that each kind of process has used since. */
  measureCores(): Promise<() => Promise<Cores>>;
  stop(): Promise<void>;
}

export interface StartOptions {
  nodeFlags?: readonly string[];
  /** By HTTP instead of a socket. */
  http?: boolean;
  onLine?: (line: string) => void;
}

export interface StageBot extends BotProcess {
  port: number;
  /** From the start of the process until /readyz said ok. */
  readyMs: number;
}

export interface Cores {
  bots: readonly number[];
  postgres: number;
  postgrest: number;
  gateway: number;
  /** With the users who make gestures. */
  slack: number;
}

export interface StageOptions {
  alerts: number;
  nodeFlags: readonly string[];
  say: (line: string) => void;
}

export async function openBotStage({ alerts, nodeFlags, say }: StageOptions): Promise<BotStage> {
  let requests = new Map<string, number>();
  const supabase = await startSupabase({
    onRequest(path) {
      const name = path.replace('/rpc/', '');
      requests.set(name, (requests.get(name) ?? 0) + 1);
    },
  });
  const client = new pg.Client({ connectionString: supabase.adminUrl });
  const bots = new Set<StageBot>();
  let slack: SlackProcess | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([...bots].map((bot) => bot.stop()));
    await slack?.stop();
    await client.end().catch(() => {});
    await supabase.stop();
  };
  try {
    await applySql(supabase.databaseUrl, { leadScoring: true });
    await client.connect();
    const sizes = bigSizes({ leads: 20_000, hot: alerts, openAlerts: alerts, pictures: 4 });
    await fillDatabase(client, sizes);
    slack = await startSlackProcess(say);
    const running = slack;
    const stage: BotStage = {
      slack,
      client,
      domains: await hotDomains(client),
      takeRequests() {
        const taken = requests;
        requests = new Map();
        return taken;
      },
      async startBot({ nodeFlags: flags = nodeFlags, http = false, onLine = () => {} } = {}) {
        const bot = await startReady(running, supabase, { nodeFlags: flags, http, onLine });
        bots.add(bot);
        void bot.ended.then(() => bots.delete(bot));
        return bot;
      },
      measureCores: () => measureCores([...bots], running),
      stop,
    };
    say(`${alerts} cards …`);
    await postAgain(client);
    const first = await stage.startBot();
    await slack.untilCards(alerts);
    await first.stop();
    await client.query('drop trigger bench_fast_posts on lead_bot.channels');
    await client.query('vacuum analyze');
    return stage;
  } catch (error) {
    await stop();
    throw error;
  }
}

const hotDomains = async (client: pg.Client): Promise<string[]> => {
  const { rows } = await client.query<{ domain: string }>(
    `select distinct company_domain as domain from public.lead_dashboard
      where tier = 'hot' and company_domain is not null order by 1`,
  );
  return rows.map(({ domain }) => domain);
};

/**
 * The local Slack has no messages yet. A channel gets a post a second, and this many cards would take minutes: until the
 * trigger is dropped, it gets them as fast as the bot can.
 */
const postAgain = (client: pg.Client) =>
  client.query(`
    update lead_bot.messages m
       set state = 'pending', shown_version = 0, shown_hash = null, slack_channel = null, slack_ts = null,
           posted_at = null, next_try_at = now()
      from lead_bot.alerts a
     where m.kind = 'card' and m.alert_id = a.id and a.closed_at is null;
    create function pg_temp.post_now() returns trigger language plpgsql as $$
    begin
      new.next_post_at := now();
      return new;
    end $$;
    create trigger bench_fast_posts before insert or update on lead_bot.channels
      for each row execute function pg_temp.post_now()`);

async function startReady(
  slack: SlackProcess,
  supabase: EmbeddedSupabase,
  { nodeFlags, http, onLine }: Required<StartOptions>,
): Promise<StageBot> {
  const port = await freePort();
  const startedAt = performance.now();
  const bot = await startBot(
    {
      ...botSettings(slack, supabase),
      ...(http && { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: slack.signingSecret }),
      PORT: String(port),
      ALERT_CHANNEL: CHANNEL,
      POLL_SCHEDULE: '* * * * * *',
      // In ten hours, so that no digest interferes.
      DIGEST_SCHEDULE: `0 ${(new Date().getUTCHours() + 10) % 24} * * *`,
      TIMEZONE: 'UTC',
      FIRST_CALL: '0',
    },
    onLine,
    nodeFlags,
  );
  while (!(await isReady(port))) {
    if (bot.hasEnded()) throw new Error(`The bot did not start:\n${bot.tail()}`);
    await sleep(10);
  }
  return { ...bot, port, readyMs: performance.now() - startedAt };
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );

async function measureCores(bots: readonly StageBot[], slack: SlackProcess) {
  const read = async () => ({
    at: performance.now(),
    bots: await Promise.all(bots.map(({ pid }) => cpuSeconds(pid))),
    postgres: await cpuSecondsOf('postgres'),
    postgrest: await cpuSecondsOf('postgrest'),
    gateway: await cpuSeconds(process.pid),
    slack: await cpuSeconds(slack.pid),
  });
  const before = await read();
  return async (): Promise<Cores> => {
    const after = await read();
    const seconds = (after.at - before.at) / 1000;
    return {
      bots: after.bots.map((used, n) => (used - (before.bots[n] ?? 0)) / seconds),
      postgres: (after.postgres - before.postgres) / seconds,
      postgrest: (after.postgrest - before.postgrest) / seconds,
      gateway: (after.gateway - before.gateway) / seconds,
      slack: (after.slack - before.slack) / seconds,
    };
  };
}
