import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { runSeed } from './run-seed.ts';
import { VirtualDatabase } from './virtual-database.ts';

/** Runs every n-th seed on its own database, and reports after each. */
export const Work = z.object({
  adminUrl: z.string(),
  first: z.number(),
  last: z.number(),
  every: z.number(),
  replicas: z.number().optional(),
});
export type Work = z.infer<typeof Work>;

const { adminUrl, first, last, every, replicas } = Work.parse(workerData);
const database = await VirtualDatabase.connect(adminUrl);
for (let seed = first; seed <= last; seed += every) {
  const result = await runSeed(database, seed, replicas === undefined ? {} : { replicas });
  parentPort?.postMessage(result);
}
await database.end();
