import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A minute in which it waits more than it computes: begun last, it would be alone at the end. */
const long = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/kill/');

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(long), ...sorted.filter((file) => !long(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    pool: 'forks',
    // For two cores: one file in three waits rather than computes. More at once only makes all of them late.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    watch: false,
    // Long enough for a busy machine: what takes as long has failed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
