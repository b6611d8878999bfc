import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Address } from '../../src/core/message.ts';
import { delivery, type MemoryOutbox } from '../support/memory-delivery.ts';
import { AT, runningDeliverer, SHOWN } from '../support/running-deliverer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const IDLE = { idleMs: 3_000 };

/** Gaps between takes, in ms, after the first idle time. */
async function gaps(outbox: MemoryOutbox, count: number): Promise<number[]> {
  await vi.advanceTimersByTimeAsync(IDLE.idleMs);
  const found: number[] = [];
  let [since, seen] = [Date.now(), outbox.takes.length];
  while (found.length < count) {
    await vi.advanceTimersToNextTimerAsync();
    if (outbox.takes.length === seen) continue;
    found.push(Date.now() - since);
    [since, seen] = [Date.now(), outbox.takes.length];
  }
  return found;
}

const away = (count: number): Error[] => Array.from({ length: count }, () => new Error('away'));

test('backs off while the database is away, to at most half a minute', async () => {
  const { outbox } = runningDeliverer({ settings: IDLE });
  outbox.failTakes(...away(8));
  expect(await gaps(outbox, 8)).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ]);
});

test('a gesture while the database is away brings the retry forward to two seconds', async () => {
  const { outbox, wake } = runningDeliverer({ settings: IDLE });
  outbox.failTakes(...away(4));
  await vi.advanceTimersByTimeAsync(IDLE.idleMs + 3_050);
  expect(outbox.takes).toHaveLength(4);
  wake();
  await vi.advanceTimersByTimeAsync(1_900);
  expect(outbox.takes).toHaveLength(4);
  await vi.advanceTimersByTimeAsync(100);
  expect(outbox.takes).toHaveLength(5);
});

test('a stop ends the wait for the database', async () => {
  const { outbox, stop } = runningDeliverer({ settings: IDLE });
  outbox.failTakes(...away(1));
  await vi.advanceTimersByTimeAsync(IDLE.idleMs);
  await stop();
  expect(outbox.takes).toHaveLength(2);
});

test.each([
  [null, 3_000],
  [10_000, 3_000],
  [700, 700],
  [0, 20],
])('with the next message due in %j ms, takes again after %i ms', async (due, gap) => {
  const { outbox } = runningDeliverer({ settings: IDLE });
  outbox.nextDueMs = due;
  expect(await gaps(outbox, 2)).toEqual([gap, gap]);
});

test('takes nothing while all slots are busy, and takes at once when one is free', async () => {
  const hanging = Promise.withResolvers<Address>();
  const { outbox, messenger } = runningDeliverer({
    messages: [delivery(), delivery({ messageId: 'm2', action: 'look' })],
    settings: { ...IDLE, parallel: 1 },
    slack: { post: () => hanging.promise },
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(outbox.takes).toHaveLength(1);
  hanging.resolve(AT);
  await vi.advanceTimersByTimeAsync(0);
  expect(messenger.calls).toEqual(['post m1 in C0HOT: card', 'look for m2 in C0HOT']);
});

test('logs how long a delivery took', async () => {
  const { outbox, log } = runningDeliverer({
    settings: IDLE,
    slack: {
      async post() {
        await new Promise((resolve) => setTimeout(resolve, 250));
        return AT;
      },
    },
  });
  outbox.add(delivery());
  await vi.advanceTimersByTimeAsync(IDLE.idleMs + 300);
  expect(log.lines).toMatchObject([{ level: 'info', messageId: 'm1', outcome: 'shown', ms: 250 }]);
});

// Retries at 0, 0.2, 0.6, 1.4, 3 and 6.2 s, then every five seconds while the lease is surely ours.
test.each([
  [1, 200],
  [5, 6_200],
  [6, 11_200],
  [13, 46_200],
])('records an outcome that the database refused %i times after %i ms', async (times, ms) => {
  const { outbox, log } = runningDeliverer({ settings: IDLE });
  outbox.failConfirms(...away(times));
  outbox.add(delivery());
  await vi.advanceTimersByTimeAsync(3_000 + ms - 1);
  expect(outbox.confirmed).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(outbox.confirmed).toMatchObject([{ outcome: SHOWN }]);
  expect(log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
});

test('records nothing in the last ten seconds of a lease', async () => {
  const { outbox, log } = runningDeliverer({ settings: IDLE });
  outbox.failConfirms(...away(14));
  outbox.add(delivery());
  await vi.advanceTimersByTimeAsync(60_000);
  expect(outbox.confirmed).toEqual([]);
  expect(log.lines.at(-1)).toMatchObject({
    level: 'error',
    messageId: 'm1',
    error: expect.any(Error),
  });
});
