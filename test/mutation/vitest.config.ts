import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/**
 * The tests that run in one process with what is mutated: those that start bots see it only from
 * outside. A mutant that makes a test wait for ever is caught when its time is up.
 */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/{core,jobs,adapters,sql}/**/*.test.ts'],
    exclude: ['test/sql/{apply,db-apply,lead-scoring,locks,rights}.test.ts'],
    testTimeout: 10_000,
    hookTimeout: 10_000,
  },
});
