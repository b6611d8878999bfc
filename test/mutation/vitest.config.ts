import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import base from '../../vitest.config.ts';

/** A mutant ends with its first failing test, so tests without a database run first. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = ({ moduleId }: TestSpecification): number =>
      Number(/\/test\/(sql|doctor)\//.test(moduleId));
    return files.toSorted((a, b) => slow(a) - slow(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

const { projects, ...shared } = base.test ?? {};

/**
 * Of the tests with a database those that are about what an adapter asks and reads, a few seconds each. The others
 * are about SQL, which has its own mutants.
 */
const ADAPTERS_ON_SQL =
  'access,away,bots,card-channels,channels,checkup,detours,digest,direct-messages,filters,gestures,hand-over,holds,' +
  'home,home-redraws,lists,lookup,metrics,morning,muted,offers,outbox,outcomes,poll,replay,resume,retention,stats,' +
  'steps,trace,unclear,why';

/** Only tests that run in the same process as the mutated code. A mutant that hangs is caught by the test's timeout. */
export default defineConfig({
  test: {
    ...shared,
    globalSetup: 'test/support/global-setup.ts',
    include: [
      'test/{access,adapters,blocks,core,jobs,listeners,trace}/**/*.test.ts',
      'test/ops/{health,metrics,metrics-route}.test.ts',
      'test/doctor/{checkup,columns,rights}.test.ts',
      `test/sql/{${ADAPTERS_ON_SQL}}.test.ts`,
    ],
    exclude: ['test/adapters/slack-*.test.ts'],
    sequence: { sequencer: QuickFirst },
    testTimeout: 10_000,
    hookTimeout: 10_000,
  },
});
