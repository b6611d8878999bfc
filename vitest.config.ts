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

/** They use the PostgreSQL of `global-setup.ts`, which starts only if one of these files runs. */
const DATABASE = [
  'test/{e2e,faults,kill,simulator,sql}/**/*.test.ts',
  'test/doctor/*.test.ts',
  'test/sandbox/supabase.test.ts',
];

/** No database, but the local Slack, a browser or processes: too slow for `npm run check`. */
const SANDBOX = [
  'test/{planted,sandbox}/**/*.test.ts',
  'test/slack-cli.test.ts',
  'test/intake/{receiver,stay-connected}.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...SANDBOX, ...DATABASE],
        },
      },
      { extends: true, test: { name: 'sandbox', include: SANDBOX, exclude: DATABASE } },
      {
        extends: true,
        test: {
          name: 'database',
          include: DATABASE,
          globalSetup: 'test/support/global-setup.ts',
        },
      },
    ],
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
