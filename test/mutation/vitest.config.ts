import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import base from '../../vitest.config.ts';

/** A mutant is done with its first failing test: those that need no database come first. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = ({ moduleId }: TestSpecification): number =>
      Number(moduleId.includes('/test/sql/'));
    return files.toSorted((a, b) => slow(a) - slow(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

const { projects, ...shared } = base.test ?? {};

/**
 * The tests that run in one process with what is mutated: those that start bots see it only from
 * outside, and those left out below test SQL alone. A mutant that makes a test wait for ever is caught
 * when the time of the test is up.
 */
export default defineConfig({
  test: {
    ...shared,
    globalSetup: 'test/support/global-setup.ts',
    include: ['test/{core,jobs,adapters,sql}/**/*.test.ts', 'test/doctor/*.test.ts'],
    exclude: [
      'test/sql/{apply,db-apply,lead-scoring,history-migration,private,rights}.test.ts',
      'test/sql/{erase,figures,hysteresis,locks,retention,snapshots}.test.ts',
      'test/adapters/slack-*.test.ts',
    ],
    sequence: { sequencer: QuickFirst },
    testTimeout: 10_000,
    hookTimeout: 10_000,
  },
});
