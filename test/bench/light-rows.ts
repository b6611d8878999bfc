import type { Cores } from './bot-stage.ts';
import { longest, median, p95, p99 } from './figures.ts';
import { benchIdle } from './idle-bench.ts';
import { benchLoad, type LoadRow } from './load-bench.ts';
import { benchMemory } from './memory-bench.ts';
import { benchScale } from './scale-bench.ts';
import { count, ms, type Row } from './table.ts';

type Say = (line: string) => void;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

export async function idleRows(nodeFlags: readonly string[], say: Say): Promise<Row[]> {
  const figures = await benchIdle({ nodeFlags, seconds: 130, say });
  const { readyMs, megabytes, cpuShare, requestsPerSecond, requests } = figures;
  const byFunction = Object.entries(requests)
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${times} ${name}`);
  return [
    {
      what: `Start of the process until /readyz says ok (${readyMs.length} starts)`,
      goal: '≤ 2 s',
      measured: `median ${ms(median(readyMs))}, longest ${ms(longest(readyMs))}`,
      met: longest(readyMs) <= 2_000,
      figures,
    },
    {
      what: 'Resident memory, 60 s after the start',
      goal: '≤ 120 MB',
      measured: `${megabytes.toFixed(1)} MB`,
      met: megabytes <= 120,
    },
    {
      what: 'CPU when nothing happens, polling each second',
      goal: '< 1 % of a core',
      measured: `${(cpuShare * 100).toFixed(2)} %`,
      met: cpuShare < 0.01,
    },
    {
      what: `Requests to Supabase when nothing happens (${byFunction.join(', ')})`,
      goal: '≤ 2 a second',
      measured: `${requestsPerSecond.toFixed(2)} a second`,
      met: requestsPerSecond <= 2,
    },
  ];
}

export async function loadRows(nodeFlags: readonly string[], say: Say): Promise<Row[]> {
  const rows = await benchLoad({ nodeFlags, perSecond: 50, seconds: 60, say });
  return rows.flatMap(loadRowsOf);
}

function loadRowsOf(row: LoadRow): Row[] {
  const { limits, acknowledgedMs, submittedMs, cardMs, caughtUpMs, lost, stale } = row;
  const failed = Object.values(row.failures).reduce((sum, times) => sum + times, 0);
  const given = limits ? "with Slack's limits" : 'no limits';
  const acknowledged = p99(acknowledgedMs);
  const shown = p95(cardMs);
  return [
    {
      what: `50 gestures a second for a minute (${given}): acknowledged (${count(acknowledgedMs.length)})`,
      goal: 'p99 ≤ 50 ms',
      measured: `median ${ms(median(acknowledgedMs))}, p99 ${ms(acknowledged)}; of forms, which are saved first, ${ms(p99(submittedMs))}`,
      met: acknowledged <= 50,
      figures: row,
    },
    {
      what: `Until the card shows it (${given}, ${count(cardMs.length)})`,
      goal: limits ? '' : 'p95 ≤ 300 ms',
      measured: `median ${ms(median(cardMs))}, p95 ${ms(shown)}`,
      met: limits ? null : shown <= 300,
    },
    {
      what: `Gestures that got lost (${given})`,
      goal: 'none',
      measured: `${failed} not acknowledged, ${lost} not in the database, ${stale} not on their card`,
      met: failed + lost + stale === 0,
    },
    {
      what: `All cards shown after the last gesture (${given})`,
      goal: '',
      measured: caughtUpMs === null ? 'never' : `after ${ms(caughtUpMs)}`,
      met: caughtUpMs === null ? false : null,
    },
    {
      what: `Meanwhile (${given}): ${row.requestsPerGesture.toFixed(2)} requests to Supabase a gesture; the generator was late by p95 ${ms(row.lateMs.p95)}`,
      goal: '',
      measured: coresOf(row.cores),
      met: null,
    },
  ];
}

function coresOf({ bots, postgres, postgrest, gateway, slack }: Cores): string {
  const shares = [
    ...bots.map((share) => `bot ${percent(share)}`),
    `Postgres ${percent(postgres)}`,
    `PostgREST ${percent(postgrest)}`,
    `gateway ${percent(gateway)}`,
    `local Slack ${percent(slack)}`,
  ];
  return `${shares.join(', ')} of a core`;
}

export async function memoryRows(nodeFlags: readonly string[], say: Say): Promise<Row[]> {
  const deliveries = 100_000;
  say(`memory: ${count(deliveries)} deliveries …`);
  const figures = await benchMemory({ nodeFlags, deliveries, say });
  const { samples, heapGrowth, residentGrowth, seconds } = figures;
  const heaps = samples.map(({ heapMegabytes }) => heapMegabytes.toFixed(1)).join(', ');
  const resident = samples.map(({ residentMegabytes }) => residentMegabytes.toFixed(0)).join(', ');
  return [
    {
      what: `Heap without garbage after each 10,000 of ${count(deliveries)} deliveries (${seconds.toFixed(0)} s)`,
      goal: '≤ 0.1 MB more each',
      measured: `${heapGrowth.toFixed(2)} MB more each: ${heaps} MB`,
      met: heapGrowth <= 0.1,
      figures,
    },
    {
      what: 'Resident memory at the same times',
      goal: '≤ 1 MB more each',
      measured: `${residentGrowth.toFixed(2)} MB more each: ${resident} MB`,
      met: residentGrowth <= 1,
    },
  ];
}

export async function scaleRows(nodeFlags: readonly string[], say: Say): Promise<Row[]> {
  const setups = await benchScale({ nodeFlags, say });
  return setups.flatMap((figures) => {
    const { bots, http, updatesPerSecond, redrawCores, cardMs, requestsPerSecond, loadCores } =
      figures;
    const who = `${bots} ${bots === 1 ? 'bot' : 'bots'}${http ? ' over HTTP' : ''}`;
    return [
      {
        what: `${who}: all cards redrawn, again and again`,
        goal: '',
        measured: `${updatesPerSecond.toFixed(0)} messages a second; ${coresOf(redrawCores)}`,
        met: null,
        figures,
      },
      {
        what: `${who}: 25 gestures a second until the card shows it`,
        goal: 'none lost',
        measured: `median ${ms(median(cardMs))}, p95 ${ms(p95(cardMs))}, ${figures.lost} lost; ${requestsPerSecond.toFixed(0)} requests a second to Supabase; ${coresOf(loadCores)}`,
        met: figures.lost === 0,
      },
    ];
  });
}
