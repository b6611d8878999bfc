import { expect, test } from 'vitest';
import { backoff } from '../../src/core/backoff.ts';

test('doubles from the first delay and stays at the cap', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7].map((failures) => backoff(failures, 1_000, 30_000));
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test('stays at the cap after any number of failures', () => {
  expect(backoff(5_000, 200, 5_000)).toBe(5_000);
});
