import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBot, startFlags } from './bot-bench.ts';
import { benchDemo } from './demo-bench.ts';
import { median, p95 } from './figures.ts';
import { benchPoll } from './poll-bench.ts';

const HELP = `npm run bench                measures speed and memory and prints a table with the goals beside
npm run bench -- --quick     the same with less waiting: memory after 10 s instead of 60 s
npm run bench -- --only bot  one part: poll, bot or demo
npm run bench -- --node="…"  other Node options for the bot than those of npm start`;

const PARTS = ['poll', 'bot', 'demo'] as const;

interface Row {
  what: string;
  goal: string;
  measured: string;
  met: boolean | null;
}

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    node: { type: 'string' },
    only: { type: 'string', multiple: true },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => console.error(line);
const ms = (value: number): string => `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;

async function pollRows(): Promise<Row[]> {
  say('poll: 100,000 and then 200,000 leads …');
  const { rows } = await benchPoll();
  return rows.map(({ leads, hot, medianMs, p95Ms }) => ({
    what: `Poll that finds nothing new, in Postgres: ${count(leads)} leads, ${count(hot)} hot`,
    goal: 'median < 10 ms',
    measured: `median ${ms(medianMs)}, p95 ${ms(p95Ms)}`,
    met: medianMs < 10,
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
      goal: 'p95 < 300 ms',
      measured: `median ${ms(median(clicks.changedMs))}, p95 ${ms(slowest)}`,
      met: slowest < 300,
    },
    {
      what: 'Click until Slack has the acknowledgement',
      goal: 'p95 < 3 s (Slack)',
      measured: `median ${ms(median(clicks.acknowledgedMs))}, p95 ${ms(p95(clicks.acknowledgedMs))}`,
      met: p95(clicks.acknowledgedMs) < 3_000,
    },
    {
      what: `Resident memory of the idle bot, ${idle.afterSeconds} s after its start`,
      goal: '< 150 MB',
      measured: `${Math.round(idle.megabytes)} MB`,
      met: idle.megabytes < 150,
    },
    {
      what: 'The same after the clicks and cards of this table',
      goal: '',
      measured: `${Math.round(busyMegabytes)} MB`,
      met: null,
    },
    {
      what: `Score row written until the card stands, polling each second (${cardMs.length} leads)`,
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
      what: 'Demo: start until both cards stand',
      goal: '< 10 s',
      measured: `${seconds.toFixed(1)} s`,
      met: seconds < 10,
    },
  ];
}

function table(rows: readonly Row[]): string {
  const met = (row: Row): string => (row.met === null ? '' : row.met ? 'yes' : '**no**');
  return [
    '| what | goal | measured | met |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.what} | ${row.goal} | ${row.measured} | ${met(row)} |`),
  ].join('\n');
}

const count = (n: number): string => n.toLocaleString('en-US');

if (flags.help) {
  console.log(HELP);
} else {
  const unknown = flags.only?.find((part) => !PARTS.some((known) => known === part));
  if (unknown !== undefined) {
    console.error(`There is no part ${unknown}.\n\n${HELP}`);
    process.exit(2);
  }
  const wanted = (part: (typeof PARTS)[number]): boolean => flags.only?.includes(part) ?? true;
  const nodeFlags = flags.node?.split(' ') ?? (await startFlags());
  const rows = [
    ...(wanted('poll') ? await pollRows() : []),
    ...(wanted('bot') ? await botRows(nodeFlags) : []),
    ...(wanted('demo') ? await demoRows() : []),
  ];
  const options = nodeFlags.join(' ') || 'none';
  console.log(`\n${table(rows)}\n`);
  console.log(
    `${cpus().length} cores, Node ${process.version}, Node options of the bot: ${options}`,
  );
  process.exit(rows.some((row) => row.met === false) ? 1 : 0);
}
