import { testSeeds } from './seeds.ts';

// A separate file, so that vitest's two workers share the seeds.
await testSeeds(501, 1_000);
