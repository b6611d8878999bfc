/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['@stryker-mutator/vitest-runner', './test/mutation/wording-of-logs.mjs'],
  ignorers: ['wording-of-logs'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  mutate: [
    'src/core/**/*.ts',
    'src/jobs/**/*.ts',
    'src/adapters/supabase-*.ts',
    'src/adapters/outcome-webhook.ts',
  ],
  coverageAnalysis: 'perTest',
  // A mutant in what a module reckons once, such as a zod shape, would run all tests in a new process.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 20_000,
  dryRunTimeoutMinutes: 20,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: '.stryker/report.json' },
  incremental: true,
  incrementalFile: '.stryker/incremental.json',
  tempDirName: '.stryker/sandbox',
  disableTypeChecks: false,
  // Stryker would rewrite tsconfig.json with a JavaScript API that TypeScript 7 lacks. Nothing here needs it.
  tsconfigFile: 'none',
};
