import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import base from '../../vitest.config.ts';

/** A mutant ends with its first failing test, so tests without a database run first. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = ({ moduleId }: TestSpecification): number =>
      Number(moduleId.includes('/test/sql/'));
    return files.toSorted((a, b) => slow(a) - slow(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

const { projects, ...shared } = base.test ?? {};

/**
 * Only tests that run in the same process as the mutated code. Tests that start bots don't, and the excluded
 * ones test SQL alone. A mutant that hangs is caught by the test's timeout.
 */
export default defineConfig({
  test: {
    ...shared,
    globalSetup: 'test/support/global-setup.ts',
    include: ['test/{core,jobs,adapters,sql}/**/*.test.ts', 'test/doctor/*.test.ts'],
    exclude: [
      'test/sql/{apply,db-apply,lead-scoring,history-migration,private,rights}.test.ts',
      'test/sql/{erase,figures,hysteresis,locks,retention}.test.ts',
      'test/adapters/slack-*.test.ts',
    ],
    sequence: { sequencer: QuickFirst },
    testTimeout: 10_000,
    hookTimeout: 10_000,
  },
});
