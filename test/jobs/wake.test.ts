import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWake } from '../../src/jobs/wake.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Whether the wait is over, after everything that is due has run. */
async function isOver(wait: Promise<void>): Promise<boolean> {
  let over = false;
  void wait.then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(0);
  return over;
}

test('waits for the given time', async () => {
  const wait = createWake().wait(3_000);
  await vi.advanceTimersByTimeAsync(2_999);
  expect(await isOver(wait)).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await isOver(wait)).toBe(true);
});

test('a wake-up ends the wait at once and leaves no timer behind', async () => {
  const wake = createWake();
  const wait = wake.wait(3_000);
  wake.call();
  expect(await isOver(wait)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('a wake-up before the wait is not lost', async () => {
  const wake = createWake();
  wake.call();
  expect(await isOver(wake.wait(3_000))).toBe(true);
});

test('many wake-ups count as one', async () => {
  const wake = createWake();
  wake.call();
  wake.call();
  await wake.wait(3_000);
  expect(await isOver(wake.wait(3_000))).toBe(false);
});

test('waits for the full time again after a timeout', async () => {
  const wake = createWake();
  const first = wake.wait(10);
  await vi.advanceTimersByTimeAsync(10);
  await first;
  const second = wake.wait(10);
  expect(await isOver(second)).toBe(false);
  await vi.advanceTimersByTimeAsync(10);
  expect(await isOver(second)).toBe(true);
});
