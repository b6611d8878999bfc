import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Takes a minute, mostly waiting. Started last, it would run alone at the end. */
const long = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/kill/');

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(long), ...sorted.filter((file) => !long(file))];
  }
}

/** Use the PostgreSQL of `global-setup.ts`, which starts only if one of these runs. */
const DATABASE = [
  'test/{e2e,faults,kill,replay,simulator,sql,upgrade}/**/*.test.ts',
  'test/doctor/*.test.ts',
  'test/sandbox/{supabase,demo/*}.test.ts',
];

/** Use the local Slack, a browser or processes: too slow for `npm run check`. */
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
    // For two cores: about one file in three is waiting. More workers only slow down all of them.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    watch: false,
    // Generous, for busy machines.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
