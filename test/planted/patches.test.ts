import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gitApply } from './git-apply.ts';
import { plantedBugs, ROOT } from './planted-bug.ts';

const bugs = plantedBugs();

test('there are at least twelve planted bugs', () => {
  expect(bugs.length).toBeGreaterThanOrEqual(12);
});

test.each(bugs)('the planted bug $name still applies to the code', ({ patch }) => {
  expect(
    gitApply(ROOT, patch, 'check'),
    'npm run planted -- --help says how to update it',
  ).toBeNull();
});

test.each(bugs)('the test file that catches $name exists', ({ caughtBy }) => {
  expect(existsSync(`${ROOT}${caughtBy.file}`)).toBe(true);
});
