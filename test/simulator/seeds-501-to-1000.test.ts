import { testSeeds } from './seeds.ts';

// In a file of its own, so that both of vitest's workers have a half.
await testSeeds(501, 1_000);
