import { availableParallelism, cpus, loadavg } from 'node:os';
import { type BigSizes, bigSizes } from './big-database.ts';
import type { BigPart } from './big-parts.ts';
import { openBigStage } from './big-stage.ts';
import { benchCalls } from './calls-bench.ts';
import { benchPgBoss } from './pg-boss-bench.ts';
import { benchPlain } from './plain-bench.ts';
import { benchAfterRescore, benchFirstRun } from './polling-bench.ts';
import { benchRescore } from './rescore-bench.ts';
import type { Row } from './table.ts';

export interface BigBenchOptions {
  /** Keeps the filled databases in this folder, to reuse them. */
  keep?: string;
  leads: number;
  parts: readonly BigPart[];
  say: (line: string) => void;
}

export interface BigFigures {
  at: string;
  machine: { cores: number; cpu: string; load: number };
  sizes: BigSizes;
  seconds: number;
  rows: Row[];
}

const BIG = 'bench_big';
const SMALL = 'bench_small';
/** We measure copies, so the kept databases stay unchanged. */
const BIG_COPY = 'bench_big_copy';
const SMALL_COPY = 'bench_small_copy';

/** Measures a database with years of history, compared to a plain implementation. */
export async function benchBig({ keep, leads, parts, say }: BigBenchOptions): Promise<BigFigures> {
  const begun = performance.now();
  const sizes = bigSizes({ leads });
  const small = bigSizes({
    leads: leads / 10,
    messages: sizes.messages / 100,
    closedAlerts: sizes.closedAlerts / 100,
    events: sizes.events / 100,
  });
  const stage = await openBigStage({
    ...(keep !== undefined && { folder: keep }),
    filled: { [SMALL]: small, [BIG]: sizes },
    say,
  });
  const stopped = stopOnSignal(stage.stop, say);
  const rows: Row[] = [];
  let load = 0;
  /** A failing part counts as a missed goal, and the rest continues. */
  const part = async (name: BigPart, what: string, measured: () => Promise<Row[]>) => {
    if (!parts.includes(name)) return;
    say(`${what} (${Math.round((performance.now() - begun) / 1000)} s) …`);
    try {
      await stage.copy(BIG, BIG_COPY);
      rows.push(...(await measured()));
    } catch (error) {
      // The signal handler is ending the process.
      if (stopped.isStopping()) await new Promise(() => {});
      const reason = error instanceof Error ? error.message : String(error);
      say(`  failed: ${reason}`);
      rows.push({ what, goal: '', measured: reason, met: false });
    }
    load = Math.max(load, loadavg()[0] ?? 0);
  };
  try {
    await part('calls', 'Frequent calls', async () => {
      await stage.copy(SMALL, SMALL_COPY);
      const boss = await benchPgBoss(stage, sizes.messages, say);
      const plain = await benchPlain(stage, BIG_COPY, boss, say);
      return benchCalls(stage, {
        big: BIG_COPY,
        small: SMALL_COPY,
        size: sizes,
        sizeOfSmall: small,
        plain,
        say,
      });
    });
    await part('polling', 'First run', () => benchFirstRun(stage, BIG_COPY, sizes.hot));
    await part('polling', 'Polls after a mass re-score', () =>
      benchAfterRescore(stage, BIG_COPY, Math.round(leads / 500), say),
    );
    await part('rescore', 'Mass re-scores', () => benchRescore(stage, BIG_COPY, leads, say));
    await stage.drop(BIG_COPY);
    await stage.drop(SMALL_COPY);
  } finally {
    stopped.forget();
    await stage.stop();
  }
  return {
    at: new Date().toISOString(),
    machine: { cores: availableParallelism(), cpu: cpus()[0]?.model ?? '', load },
    sizes,
    seconds: Math.round((performance.now() - begun) / 1000),
    rows,
  };
}

/** On Ctrl-C, stops the database before exiting. The next run drops a half-made copy. */
function stopOnSignal(stop: () => Promise<void>, say: (line: string) => void) {
  let isStopping = false;
  const handle = (): void => {
    if (isStopping) return;
    isStopping = true;
    say('stopping …');
    void stop().finally(() => process.exit(130));
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    isStopping: () => isStopping,
    forget() {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}
