import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { addFigures, type Figures, noFigures } from './figures.ts';
import { type Failure, runSeed } from './run-seed.ts';
import { VirtualDatabase } from './virtual-database.ts';

/** Runs the seeds it is sent on a database of its own, and answers each message with a result. */
export const Setup = z.object({ adminUrl: z.string(), replicas: z.number().optional() });
export type Setup = z.infer<typeof Setup>;

export const Work = z.object({
  seeds: z.array(z.number()),
  /** Whether to look for the smallest scenario that fails, which takes minutes. */
  shrink: z.boolean(),
});
export type Work = z.infer<typeof Work>;

export interface Result {
  passed: number[];
  /** Of the seeds that passed. */
  figures: Figures;
  failures: Failure[];
}

const { adminUrl, replicas } = Setup.parse(workerData);
const options = replicas === undefined ? {} : { replicas };
const database = await VirtualDatabase.connect(adminUrl);

async function run({ seeds, shrink }: Work): Promise<Result> {
  const result: Result = { passed: [], figures: noFigures(), failures: [] };
  for (const seed of seeds) {
    const { figures, failure } = await runSeed(database, seed, { ...options, shrink });
    if (failure !== null) {
      result.failures.push(failure);
      continue;
    }
    result.passed.push(seed);
    addFigures(result.figures, figures);
  }
  return result;
}

parentPort?.on('message', async (message: unknown) => {
  if (message === 'end') {
    await database.end();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(await run(Work.parse(message)));
});
