import { type BotStage, type Cores, openBotStage } from './bot-stage.ts';
import type { LoadFigures } from './gesture-load.ts';

export interface LoadRow extends LoadFigures {
  limits: boolean;
  cores: Cores;
  requestsPerGesture: number;
  /** By function. */
  requests: Readonly<Record<string, number>>;
  /** Web API calls and response URLs, by method. */
  slackCalls: Readonly<Record<string, number>>;
  /** Alerts of which the database says something else than the last gesture. */
  lost: number;
  /** Cards that say something else than the last gesture. */
  stale: number;
}

export interface LoadBenchOptions {
  nodeFlags: readonly string[];
  perSecond: number;
  seconds: number;
  say: (line: string) => void;
  onLine?: (line: string) => void;
}

const ALERTS = 500;
/** With Slack's limits, 50 cards are updated in a minute. */
const SETTLE_SECONDS = { free: 30, limited: 900 };

/** Gestures at a steady rate on one bot: first without Slack's rate limits, then with them. */
export async function benchLoad({
  nodeFlags,
  perSecond,
  seconds,
  say,
  onLine,
}: LoadBenchOptions): Promise<LoadRow[]> {
  const stage = await openBotStage({ alerts: ALERTS, nodeFlags, say });
  try {
    await stage.startBot(onLine === undefined ? {} : { onLine });
    const rows: LoadRow[] = [];
    for (const limits of [false, true]) {
      say(
        `load: ${perSecond} gestures a second for ${seconds} s, ${limits ? 'with' : 'without'} Slack's limits …`,
      );
      await stage.slack.limit(limits);
      rows.push({ limits, ...(await loadOnce(stage, { perSecond, seconds, limits })) });
      await stage.slack.limit(false);
    }
    return rows;
  } finally {
    await stage.stop();
  }
}

export async function loadOnce(
  stage: BotStage,
  { perSecond, seconds, limits }: { perSecond: number; seconds: number; limits: boolean },
): Promise<Omit<LoadRow, 'limits'>> {
  const callsBefore = await stage.slack.calls();
  stage.takeRequests();
  const coresSince = await stage.measureCores();
  const figures = await stage.slack.load({
    perSecond,
    seconds,
    settleSeconds: limits ? SETTLE_SECONDS.limited : SETTLE_SECONDS.free,
    domains: [...stage.domains],
  });
  const cores = await coresSince();
  const requests = stage.takeRequests();
  const gestures = Object.values(figures.gestures).reduce((sum, count) => sum + count, 0);
  const total = [...requests.values()].reduce((sum, count) => sum + count, 0);
  const states = await statesOf(stage);
  const alerts = Object.entries(figures.alerts);
  return {
    ...figures,
    cores,
    requests: Object.fromEntries(requests),
    requestsPerGesture: total / gestures,
    slackCalls: Object.fromEntries(
      Object.entries(await stage.slack.calls()).map(([method, count]) => [
        method,
        count - (callsBefore[method] ?? 0),
      ]),
    ),
    lost: alerts.filter(([id, { expected }]) => states.get(id) !== expected).length,
    stale: alerts.filter(([, { expected, shown }]) => shown !== expected).length,
  };
}

/** Of open alerts, in the words of `stateIn`. */
async function statesOf({ client }: BotStage): Promise<Map<string, string>> {
  const { rows } = await client.query<{ id: string; state: string }>(`
    select id, case
             when hold = 'snoozed' then 'snoozed'
             when owner is not null then status || ' ' || owner
             else status
           end as state
      from lead_bot.alerts
     where closed_at is null`);
  return new Map(rows.map(({ id, state }) => [id, state]));
}
