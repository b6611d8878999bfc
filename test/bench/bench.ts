import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BIG_PARTS, type BigPart } from './big-parts.ts';
import { benchBot, startFlags } from './bot-bench.ts';
import { benchDemo } from './demo-bench.ts';
import { median, p95 } from './figures.ts';
import { idleRows, loadRows, memoryRows, scaleRows } from './light-rows.ts';
import { benchPoll } from './poll-bench.ts';
import { count, ms, type Row, table } from './table.ts';

const HELP = `npm run bench                 measures speed and memory, and prints a table with the goals
npm run bench -- --quick      measures memory after 10 s instead of 60 s
npm run bench -- --only bot   runs one part: poll, bot or demo
npm run bench -- --only idle  measures a bot to which nothing happens. This part and the next ones take
                              minutes, and run only if they are named
npm run bench -- --only load  50 gestures a second for a minute, without and with Slack's rate limits
npm run bench -- --only memory   100,000 deliveries by one bot
npm run bench -- --only scale    1, 2 and 4 bots, and 2 over HTTP
npm run bench -- --node="…"   runs the bot with other Node options than npm start
npm run bench -- --json FILE  also writes the figures to a file

npm run bench -- --big        fills a database with a million leads and two years of history, and measures
                              what must not grow with them, compared to a plain implementation. Takes about
                              a quarter of an hour and 12 GB of disk.
npm run bench -- --big --keep DIR      keeps the filled databases in a folder, and reuses them
npm run bench -- --big --leads 100000  scales everything down
npm run bench -- --big --only calls    runs one part: calls, polling or rescore`;

const PARTS = ['poll', 'bot', 'demo'] as const;
/** They take minutes each. */
const LONG_PARTS = ['idle', 'load', 'memory', 'scale'] as const;

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    node: { type: 'string' },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    big: { type: 'boolean', default: false },
    keep: { type: 'string' },
    leads: { type: 'string', default: '1000000' },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => console.error(line);

async function pollRows(): Promise<Row[]> {
  say('poll: 100,000 and then 200,000 leads …');
  const { rows } = await benchPoll();
  return rows.map(({ leads, hot, medianMs, p95Ms }) => ({
    what: `Poll that finds nothing new, in Postgres: ${count(leads)} leads, ${count(hot)} hot`,
    goal: 'median ≤ 2 ms',
    measured: `median ${ms(medianMs)}, p95 ${ms(p95Ms)}`,
    met: medianMs <= 2,
  }));
}

async function botRows(nodeFlags: readonly string[]): Promise<Row[]> {
  const { clicks, idle, busyMegabytes, cardMs } = await benchBot({
    nodeFlags,
    idleSeconds: flags.quick ? 10 : 60,
    clicks: 50,
    cards: 10,
    say,
  });
  const slowest = p95(clicks.changedMs);
  return [
    {
      what: `Click until the card shows it (${clicks.changedMs.length} clicks)`,
      goal: 'p95 < 150 ms',
      measured: `median ${ms(median(clicks.changedMs))}, p95 ${ms(slowest)}`,
      met: slowest < 150,
    },
    {
      what: 'Click until Slack has the acknowledgement',
      goal: 'p95 < 3 s (Slack)',
      measured: `median ${ms(median(clicks.acknowledgedMs))}, p95 ${ms(p95(clicks.acknowledgedMs))}`,
      met: p95(clicks.acknowledgedMs) < 3_000,
    },
    {
      what: `Resident memory of the idle bot, ${idle.afterSeconds} s after startup`,
      goal: '≤ 120 MB',
      measured: `${Math.round(idle.megabytes)} MB`,
      met: idle.megabytes <= 120,
    },
    {
      what: 'The same after these clicks and cards',
      goal: '',
      measured: `${Math.round(busyMegabytes)} MB`,
      met: null,
    },
    {
      what: `Score row written until the card is posted, polling each second (${cardMs.length} leads)`,
      goal: '',
      measured: `median ${ms(median(cardMs))}, longest ${ms(Math.max(...cardMs))}`,
      met: null,
    },
  ];
}

async function demoRows(): Promise<Row[]> {
  say('demo …');
  const seconds = await benchDemo();
  return [
    {
      what: 'Demo: start until both cards are posted',
      goal: '< 10 s',
      measured: `${seconds.toFixed(1)} s`,
      met: seconds < 10,
    },
  ];
}

/** The selected parts, or all. Exits with 2 for an unknown part. */
function wantedOf<Part extends string>(
  parts: readonly Part[],
  onlyIfNamed: readonly Part[] = [],
): readonly Part[] {
  const all = [...parts, ...onlyIfNamed];
  const unknown = flags.only?.find((name) => !all.some((part) => part === name));
  if (unknown !== undefined) {
    console.error(`Unknown part: ${unknown}.\n\n${HELP}`);
    process.exit(2);
  }
  return flags.only === undefined ? parts : all.filter((part) => flags.only?.includes(part));
}

async function finish(rows: readonly Row[], note: string, figures: object): Promise<never> {
  console.log(`\n${table(rows)}\n`);
  console.log(note);
  if (flags.json !== undefined) {
    await writeFile(flags.json, `${JSON.stringify({ ...figures, rows }, null, 2)}\n`);
  }
  process.exit(rows.some((row) => row.met === false) ? 1 : 0);
}

async function big(parts: readonly BigPart[]): Promise<never> {
  const leads = Number(flags.leads);
  if (!Number.isInteger(leads) || leads < 10_000) {
    console.error(`--leads must be a whole number of at least 10000.\n\n${HELP}`);
    process.exit(2);
  }
  const { benchBig } = await import('./big-bench.ts');
  const { rows, ...figures } = await benchBig({
    ...(flags.keep !== undefined && { keep: resolve(flags.keep) }),
    leads,
    parts,
    say,
  });
  const { cores, cpu, load } = figures.machine;
  // Other load makes every figure worse.
  const busy = load > cores + 1 ? ` The machine had other load (${load.toFixed(1)}).` : '';
  return finish(
    rows,
    `${cores} cores (${cpu}), ${count(leads)} leads, ${figures.seconds} s in total.${busy}`,
    figures,
  );
}

type SmallPart = (typeof PARTS | typeof LONG_PARTS)[number];

async function small(parts: readonly SmallPart[]): Promise<never> {
  const nodeFlags = flags.node?.split(' ') ?? (await startFlags());
  const rows = [
    ...(parts.includes('poll') ? await pollRows() : []),
    ...(parts.includes('bot') ? await botRows(nodeFlags) : []),
    ...(parts.includes('demo') ? await demoRows() : []),
    ...(parts.includes('idle') ? await idleRows(nodeFlags, say) : []),
    ...(parts.includes('load') ? await loadRows(nodeFlags, say) : []),
    ...(parts.includes('memory') ? await memoryRows(nodeFlags, say) : []),
    ...(parts.includes('scale') ? await scaleRows(nodeFlags, say) : []),
  ];
  const options = nodeFlags.join(' ') || 'none';
  return finish(
    rows,
    `${availableParallelism()} cores, Node ${process.version}, the bot's Node options: ${options}`,
    { at: new Date().toISOString(), machine: { cores: cpus().length, cpu: cpus()[0]?.model } },
  );
}

if (flags.help) console.log(HELP);
else if (flags.big) await big(wantedOf(BIG_PARTS));
else await small(wantedOf<SmallPart>(PARTS, LONG_PARTS));
