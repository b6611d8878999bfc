import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    pool: 'forks',
    // Each file may start a PostgREST and a bot of its own: more at once only makes all of them late.
    maxWorkers: 2,
    watch: false,
    // Long enough for a busy machine: what takes as long has failed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
