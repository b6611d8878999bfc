import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type BotStage, openBotStage, type StageBot } from './bot-stage.ts';

export interface MemoryFigures {
  samples: { deliveries: number; heapMegabytes: number; residentMegabytes: number }[];
  /** Of a straight line through all samples but the first: megabytes per 10,000 deliveries. */
  heapGrowth: number;
  residentGrowth: number;
  seconds: number;
}

export interface MemoryOptions {
  nodeFlags: readonly string[];
  deliveries: number;
  say: (line: string) => void;
}

const ALERTS = 500;
const SAMPLES = 10;
const report = z.object({
  bench: z.literal('memory'),
  rss: z.number(),
  heapUsed: z.number(),
});

/** Has one bot update its cards again and again, and measures its memory without garbage ten times on the way. */
export async function benchMemory({
  nodeFlags,
  deliveries,
  say,
}: MemoryOptions): Promise<MemoryFigures> {
  const stage = await openBotStage({ alerts: ALERTS, nodeFlags, say });
  const startedAt = performance.now();
  try {
    const reports: z.infer<typeof report>[] = [];
    const bot = await stage.startBot({
      nodeFlags: [
        '--expose-gc',
        ...nodeFlags,
        '--import',
        new URL('./report-memory.ts', import.meta.url).href,
      ],
      onLine(line) {
        if (line.includes('"bench":"memory"')) reports.push(report.parse(JSON.parse(line)));
      },
    });
    const samples: MemoryFigures['samples'] = [];
    let done = 0;
    for (let n = 1; n <= SAMPLES; n++) {
      while (done < (deliveries * n) / SAMPLES) done += await redrawAll(stage, bot);
      const { rss, heapUsed } = await askForReport(bot, reports);
      const sample = {
        deliveries: done,
        heapMegabytes: heapUsed / 2 ** 20,
        residentMegabytes: rss / 2 ** 20,
      };
      samples.push(sample);
      say(
        `  ${done} deliveries: heap ${sample.heapMegabytes.toFixed(1)} MB, resident ${sample.residentMegabytes.toFixed(0)} MB`,
      );
    }
    const growth = (of: (sample: MemoryFigures['samples'][number]) => number): number =>
      slope(samples.slice(1).map((sample) => [sample.deliveries / 10_000, of(sample)]));
    return {
      samples,
      heapGrowth: growth(({ heapMegabytes }) => heapMegabytes),
      residentGrowth: growth(({ residentMegabytes }) => residentMegabytes),
      seconds: (performance.now() - startedAt) / 1000,
    };
  } finally {
    await stage.stop();
  }
}

/** Marks every open card as changed, and returns how many there were when all of them are up to date. */
export async function redrawAll({ client }: BotStage, bot: StageBot): Promise<number> {
  const { rowCount } = await client.query(`
    update lead_bot.messages m
       set wanted_version = m.wanted_version + 1, shown_hash = null, urgent = true
      from lead_bot.alerts a
     where m.kind = 'card' and m.state = 'posted' and m.alert_id = a.id and a.closed_at is null`);
  // Slack has an update before the bot confirms it, and what it confirms would make the next one unnecessary.
  for (;;) {
    const { rowCount: pending } = await client.query(`
      select from lead_bot.messages m
       where m.state = 'posted' and (m.shown_version < m.wanted_version or m.lease_token is not null)`);
    if (pending === 0) return rowCount ?? 0;
    if (bot.hasEnded()) throw new Error(`The bot stopped unexpectedly:\n${bot.tail()}`);
    await sleep(100);
  }
}

async function askForReport<Report>(bot: StageBot, reports: readonly Report[]): Promise<Report> {
  const before = reports.length;
  process.kill(bot.pid, 'SIGUSR2');
  for (let tries = 0; tries < 200; tries++) {
    await sleep(100);
    const given = reports[before];
    if (given !== undefined) return given;
  }
  throw new Error('The bot did not report its memory.');
}

/** Of the least-squares line. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(([x]) => x));
  const y = mean(points.map(([, y]) => y));
  const over = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0);
  return over / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
}
