import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/jobs/clock.ts';
import { stopwatch } from '../../src/jobs/stopwatch.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('counts the time a machine was suspended, although its monotonic clock stood still', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const elapsedMs = stopwatch(systemClock);
  vi.setSystemTime(Date.now() + 61_000);
  expect(elapsedMs()).toBeGreaterThanOrEqual(61_000);
});

test('counts time when the wall clock is set back', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const elapsedMs = stopwatch(systemClock);
  vi.advanceTimersByTime(41_000);
  vi.setSystemTime(Date.now() - 600_000);
  expect(elapsedMs()).toBeGreaterThanOrEqual(41_000);
});
