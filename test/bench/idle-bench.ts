import { setTimeout as sleep } from 'node:timers/promises';
import { openBotStage } from './bot-stage.ts';
import { cpuSeconds, residentMegabytes } from './processes.ts';

export interface IdleFigures {
  /** From the start of the process until /readyz said ok: one per start. */
  readyMs: number[];
  /** 60 s after the start. */
  megabytes: number;
  /** Of one core. */
  cpuShare: number;
  measuredSeconds: number;
  /** By function, at the gateway. */
  requests: Readonly<Record<string, number>>;
  requestsPerSecond: number;
}

export interface IdleOptions {
  nodeFlags: readonly string[];
  /** At least 120, so that every job but the hourly one runs. */
  seconds: number;
  say: (line: string) => void;
}

const STARTS = 3;
const SETTLE_SECONDS = 60;

/** Measures a bot with 50 open alerts to which nothing happens, polling each second. */
export async function benchIdle({ nodeFlags, seconds, say }: IdleOptions): Promise<IdleFigures> {
  const stage = await openBotStage({ alerts: 50, nodeFlags, say });
  try {
    say(`ready: ${STARTS} starts …`);
    const readyMs: number[] = [];
    for (let n = 1; n < STARTS; n++) {
      const bot = await stage.startBot();
      readyMs.push(bot.readyMs);
      await bot.stop();
    }
    const bot = await stage.startBot();
    readyMs.push(bot.readyMs);

    say(`idle: ${SETTLE_SECONDS} s until it is measured …`);
    await sleep(SETTLE_SECONDS * 1000 - bot.readyMs);
    const megabytes = await residentMegabytes(bot.pid);
    say(`idle: CPU and requests during ${seconds} s …`);
    stage.takeRequests();
    const begunAt = performance.now();
    const before = await cpuSeconds(bot.pid);
    await sleep(seconds * 1000);
    const measuredSeconds = (performance.now() - begunAt) / 1000;
    const used = (await cpuSeconds(bot.pid)) - before;
    const requests = stage.takeRequests();
    const total = [...requests.values()].reduce((sum, count) => sum + count, 0);
    return {
      readyMs,
      megabytes,
      cpuShare: used / measuredSeconds,
      measuredSeconds,
      requests: Object.fromEntries(requests),
      requestsPerSecond: total / measuredSeconds,
    };
  } finally {
    await stage.stop();
  }
}
