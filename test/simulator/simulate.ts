import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { makeDatabase } from '../../src/sandbox/supabase/database.ts';
import { type Cluster, urlFor } from '../../src/sandbox/supabase/postgres.ts';
import { startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { duration, openRunRecord, type RunRecord, runningCode } from '../support/run-record.ts';
import { addFigures, Figures, figuresText, noFigures } from './figures.ts';
import { describeFailure } from './run-seed.ts';
import { applyVirtualSql } from './virtual-sql.ts';
import type { Result, Setup, Work } from './worker.ts';

const USAGE = `npm run simulate -- [--seeds 1000] [--from 1] [--seed N] [--record FILE] [--minutes N]
  --seeds     number of seeds
  --from      first seed
  --seed      run only this seed
  --record    file that keeps what is done: with the same file, the next run goes on where this one stopped,
              runs failed seeds again, and sums up all of it
  --minutes   begin no more seeds after this time
  --replicas  number of bots; by default the seed decides, from two to four
  --workers   number of parallel workers; by default one per processor
Exits with 1 if a seed fails, and with 0 if it was only stopped.`;

const TEMPLATE = 'simulator';
const PROGRESS_MS = 10_000;
/** Seeds that a worker runs at a time. Themes go by the last digit, so each has the same share. */
const SEEDS_PER_PART = 10;
/** Further failures are reported without the smallest scenario. */
const MOST_SHRUNK = 5;

/** A line of the record. */
const Part = z.object({
  code: z.string(),
  replicas: z.number().nullable(),
  passed: z.array(z.number()),
  failed: z.array(z.number()),
  /** Of the seeds that passed. */
  figures: Figures,
});
type Part = z.infer<typeof Part>;

function readOptions() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      record: { type: 'string' },
      minutes: { type: 'string' },
      replicas: { type: 'string' },
      workers: { type: 'string', default: String(availableParallelism()) },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return null;
  const whole = (name: string, text: string, least: number, most = 2 ** 31 - 1): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
  };
  const first = whole('from', values.seed ?? values.from, 0);
  const seeds = values.seed === undefined ? whole('seeds', values.seeds, 1) : 1;
  return {
    seeds: Array.from({ length: seeds }, (_, index) => first + index),
    record: values.record,
    minutes: values.minutes === undefined ? null : whole('minutes', values.minutes, 1),
    workers: Math.min(seeds, whole('workers', values.workers, 1, 64)),
    replicas: values.replicas === undefined ? null : whole('replicas', values.replicas, 2, 4),
  };
}

type Options = NonNullable<ReturnType<typeof readOptions>>;

/** Returns whether no seed has failed. */
async function simulateSeeds(options: Options): Promise<boolean> {
  const record = openRunRecord(options.record, Part);
  const passed = new Set(partsFor(options, record).flatMap((part) => part.passed));
  const pending = options.seeds.filter((seed) => !passed.has(seed));
  if (pending.length < options.seeds.length) {
    console.log(`${options.seeds.length - pending.length} seeds have passed before`);
  }
  if (pending.length > 0) await runSeeds(pending, options, record);
  return summarize(options, record);
}

async function runSeeds(
  pending: number[],
  { replicas, workers, minutes }: Options,
  record: RunRecord<Part>,
): Promise<void> {
  const supabase = await startSupabase();
  const startedAt = performance.now();
  const total = pending.length;
  const code = runningCode();
  let done = 0;
  let failures = 0;
  const progress = setInterval(() => {
    if (done === 0) return;
    const perSeed = (performance.now() - startedAt) / done;
    console.log(
      `${done} of ${total} seeds, ${failures} failed, ${(1_000 / perSeed).toFixed(1)} a second, ${duration((total - done) * perSeed)} left`,
    );
  }, PROGRESS_MS);
  const nextWork = (): Work | null => {
    const isOver = minutes !== null && performance.now() - startedAt > minutes * 60_000;
    if (isOver || pending.length === 0) return null;
    return { seeds: pending.splice(0, SEEDS_PER_PART), shrink: failures < MOST_SHRUNK };
  };
  const keep = (result: Result): void => {
    done += result.passed.length + result.failures.length;
    failures += result.failures.length;
    for (const failure of result.failures) {
      console.log(`\n${describeFailure(failure, replicas ?? undefined)}\n`);
    }
    const failed = result.failures.map(({ seed }) => seed);
    record.add({ code, replicas, passed: result.passed, failed, figures: result.figures });
  };
  try {
    await makeDatabase(supabase.cluster, TEMPLATE);
    await applyVirtualSql(urlFor(supabase.cluster, 'postgres', TEMPLATE));
    const running = await Promise.all(
      Array.from({ length: workers }, (_, index) =>
        startWorker(supabase.cluster, `simulator_${index}`, replicas),
      ),
    );
    await Promise.all(running.map((worker) => work(worker, nextWork, keep)));
  } finally {
    clearInterval(progress);
    await supabase.stop();
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(`${done} seeds in ${duration(seconds * 1_000)}, ${workers} at a time\n`);
}

async function startWorker(
  cluster: Cluster,
  name: string,
  replicas: number | null,
): Promise<Worker> {
  await makeDatabase(cluster, name, TEMPLATE);
  const setup: Setup = {
    adminUrl: urlFor(cluster, 'supabase_admin', name),
    ...(replicas === null ? {} : { replicas }),
  };
  return new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup });
}

async function work(
  worker: Worker,
  next: () => Work | null,
  keep: (result: Result) => void,
): Promise<void> {
  const ended = once(worker, 'exit');
  const give = (): void => worker.postMessage(next() ?? 'end');
  worker.on('message', (result: Result) => {
    keep(result);
    give();
  });
  give();
  await ended;
}

const partsFor = ({ replicas }: Options, { parts }: RunRecord<Part>): Part[] =>
  parts.filter((part) => part.replicas === replicas);

/** Prints the totals of everything on record. Returns whether no seed has failed. */
function summarize(options: Options, record: RunRecord<Part>): boolean {
  const wanted = new Set(options.seeds);
  const figures = noFigures();
  const passed = new Set<number>();
  const failed = new Set<number>();
  const codes = new Set<string>();
  for (const part of partsFor(options, record)) {
    codes.add(part.code);
    addFigures(figures, part.figures);
    for (const seed of part.failed) if (wanted.has(seed)) failed.add(seed);
    for (const seed of part.passed) passed.add(seed);
  }
  const stillFailing = [...failed].filter((seed) => !passed.has(seed)).sort((a, b) => a - b);
  const left = options.seeds.filter((seed) => !passed.has(seed) && !failed.has(seed)).length;
  console.log(figuresText(figures));
  if (options.record !== undefined) console.log(`at ${[...codes].join(', ')}`);
  if (left > 0) console.log(`${left} seeds are left: run the same command again`);
  if (stillFailing.length === 0) console.log('Nothing lost, nothing duplicated.');
  else console.log(`${stillFailing.length} seeds failed: ${stillFailing.join(', ')}`);
  return stillFailing.length === 0;
}

try {
  const options = readOptions();
  if (options === null) console.log(USAGE);
  else process.exitCode = (await simulateSeeds(options)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 1;
}
