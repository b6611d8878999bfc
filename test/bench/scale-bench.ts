import { setTimeout as sleep } from 'node:timers/promises';
import { type BotStage, type Cores, openBotStage, type StageBot } from './bot-stage.ts';
import { loadOnce } from './load-bench.ts';
import { redrawAll } from './memory-bench.ts';
import { balance } from './round-robin.ts';

export interface ScaleFigures {
  bots: number;
  http: boolean;
  /** While all cards are redrawn, as fast as the bots can. */
  updatesPerSecond: number;
  redrawCores: Cores;
  /** At 25 gestures a second. */
  cardMs: number[];
  requestsPerSecond: number;
  loadCores: Cores;
  lost: number;
}

export interface ScaleOptions {
  nodeFlags: readonly string[];
  say: (line: string) => void;
}

const SETUPS = [
  { bots: 1, http: false },
  { bots: 2, http: false },
  { bots: 4, http: false },
  { bots: 2, http: true },
] as const;
const ALERTS = 500;
const REDRAWS = 4;
const GESTURES_PER_SECOND = 25;
const SECONDS = 30;

/** The same work for one bot and for several, on the same database and without Slack's rate limits. */
export async function benchScale({ nodeFlags, say }: ScaleOptions): Promise<ScaleFigures[]> {
  const stage = await openBotStage({ alerts: ALERTS, nodeFlags, say });
  try {
    const figures: ScaleFigures[] = [];
    for (const setup of SETUPS) {
      say(`scale: ${setup.bots} bots${setup.http ? ' over HTTP' : ''} …`);
      figures.push(await measure(stage, setup));
    }
    return figures;
  } finally {
    await stage.stop();
  }
}

async function measure(
  stage: BotStage,
  { bots: count, http }: (typeof SETUPS)[number],
): Promise<ScaleFigures> {
  const bots: StageBot[] = [];
  for (let n = 0; n < count; n++) bots.push(await stage.startBot({ http }));
  const [first] = bots;
  if (first === undefined) throw new Error('there is no bot');
  const balancer = http ? await balance(bots.map(({ port }) => port)) : null;
  if (balancer === null) await stage.slack.untilConnections(count);
  else await stage.slack.deliverTo(`${balancer.url}/slack/events`);
  try {
    // Compiles what is used often, and fills the caches.
    await redrawAll(stage, first);
    const coresSince = await stage.measureCores();
    const begunAt = performance.now();
    let updates = 0;
    for (let n = 0; n < REDRAWS; n++) updates += await redrawAll(stage, first);
    const seconds = (performance.now() - begunAt) / 1000;
    const redrawCores = await coresSince();
    await sleep(1_000);
    const loadBegunAt = performance.now();
    const load = await loadOnce(stage, {
      perSecond: GESTURES_PER_SECOND,
      seconds: SECONDS,
      limits: false,
    });
    const requests = Object.values(load.requests).reduce((sum, times) => sum + times, 0);
    return {
      bots: count,
      http,
      updatesPerSecond: updates / seconds,
      redrawCores,
      cardMs: load.cardMs,
      requestsPerSecond: (requests * 1000) / (performance.now() - loadBegunAt),
      loadCores: load.cores,
      lost: load.lost + load.stale,
    };
  } finally {
    await stage.slack.deliverTo(null);
    await balancer?.close();
    await Promise.all(bots.map((bot) => bot.stop()));
  }
}
