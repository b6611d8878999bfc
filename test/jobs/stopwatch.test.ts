import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/jobs/clock.ts';
import { stopwatch } from '../../src/jobs/stopwatch.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('time that a suspended machine has slept counts, although its monotonic clock stood still', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const elapsedMs = stopwatch(systemClock);
  vi.setSystemTime(Date.now() + 61_000);
  expect(elapsedMs()).toBeGreaterThanOrEqual(61_000);
});

test('a wall clock that is set back hides no time', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const elapsedMs = stopwatch(systemClock);
  vi.advanceTimersByTime(41_000);
  vi.setSystemTime(Date.now() - 600_000);
  expect(elapsedMs()).toBeGreaterThanOrEqual(41_000);
});
