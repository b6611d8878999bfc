import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { makeDatabase } from '../../src/sandbox/supabase/database.ts';
import { urlFor } from '../../src/sandbox/supabase/postgres.ts';
import { startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { addFigures, figuresText, noFigures } from './figures.ts';
import { describeFailure, type SeedResult } from './run-seed.ts';
import { applyVirtualSql } from './virtual-sql.ts';
import type { Work } from './worker.ts';

const USAGE = `npm run simulate -- [--seeds 1000] [--from 1] [--seed N] [--replicas 2..4] [--workers N]
  --seeds     number of seeds
  --from      first seed
  --seed      run only this seed
  --replicas  number of bots; by default the seed decides, from two to four
  --workers   number of parallel workers; by default one per processor`;

const TEMPLATE = 'simulator';
const PROGRESS_MS = 10_000;
/** Stops after this many failures. */
const MOST_FAILURES = 5;

function readOptions() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
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
    first,
    last: first + seeds - 1,
    workers: Math.min(seeds, whole('workers', values.workers, 1, 64)),
    replicas: values.replicas === undefined ? undefined : whole('replicas', values.replicas, 2, 4),
  };
}

type Options = NonNullable<ReturnType<typeof readOptions>>;

async function simulateSeeds({ first, last, workers, replicas }: Options) {
  const supabase = await startSupabase();
  const figures = noFigures();
  const startedAt = performance.now();
  const perThousand = (): string =>
    ((performance.now() - startedAt) / Math.max(1, figures.seeds)).toFixed(1);
  let failures = 0;
  const progress = setInterval(() => {
    console.log(
      `${figures.seeds} of ${last - first + 1} seeds, ${failures} failed, ${perThousand()} s per 1,000`,
    );
  }, PROGRESS_MS);
  try {
    await makeDatabase(supabase.cluster, TEMPLATE);
    await applyVirtualSql(urlFor(supabase.cluster, 'postgres', TEMPLATE));
    await Promise.all(
      Array.from({ length: workers }, async (_, index) => {
        const name = `simulator_${index}`;
        await makeDatabase(supabase.cluster, name, TEMPLATE);
        const work: Work = {
          adminUrl: urlFor(supabase.cluster, 'supabase_admin', name),
          first: first + index,
          last,
          every: workers,
          replicas,
        };
        const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: work });
        worker.on('message', (result: SeedResult) => {
          addFigures(figures, result.figures);
          if (result.failure === null) return;
          failures += 1;
          console.log(`\n${describeFailure(result.failure, replicas)}\n`);
          if (failures >= MOST_FAILURES) void worker.terminate();
        });
        await once(worker, 'exit');
      }),
    );
  } finally {
    clearInterval(progress);
    await supabase.stop();
  }
  console.log(`${figuresText(figures)}\n${perThousand()} s per 1,000 seeds, ${workers} at a time`);
  console.log(failures === 0 ? 'Nothing lost, nothing duplicated.' : `${failures} seeds failed.`);
  return failures === 0;
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
