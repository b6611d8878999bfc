import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { delivery } from '../support/memory-delivery.ts';
import { AT, runningDeliverer, SHOWN } from '../support/running-deliverer.ts';

test('records the outcome once the database is back, and posts only once', async () => {
  const { outbox, messenger, log } = runningDeliverer();
  outbox.failConfirms(new Error('away'), new Error('away'));
  outbox.add(delivery());
  await outbox.afterConfirms(1);
  expect(outbox.confirmed[0]?.outcome).toEqual(SHOWN);
  expect(messenger.calls).toHaveLength(1);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test("logs an outcome it can't record within the lease, and leaves it to the next taker", async () => {
  const { outbox, log } = runningDeliverer({ settings: { leaseMs: 100, marginMs: 50 } });
  outbox.failConfirms(new Error('away'));
  outbox.add(delivery());
  expect(await log.next('error', /could not record/)).toMatchObject({ messageId: 'm1' });
  expect(outbox.confirmed).toEqual([]);
});

test('only logs that a lease has passed to another bot', async () => {
  const { outbox, messenger, log } = runningDeliverer();
  outbox.ours = false;
  outbox.add(delivery());
  expect(await log.next('warn', /passed to another/)).toMatchObject({ messageId: 'm1' });
  expect(messenger.calls).toHaveLength(1);
});

test('retries a take that fails', async () => {
  const { outbox, log } = runningDeliverer();
  outbox.failTakes(new Error('away'));
  outbox.add(delivery());
  expect(await log.next('warn', /could not take/)).toMatchObject({ attempt: 1 });
  expect((await outbox.afterConfirms(1))[0]?.outcome).toEqual(SHOWN);
});

test('a stop waits for running deliveries and takes nothing more', async () => {
  const { promise: answer, resolve } = Promise.withResolvers<{ channel: string; ts: string }>();
  const started = Promise.withResolvers<void>();
  const { outbox, stop } = runningDeliverer({
    messages: [delivery()],
    slack: {
      post() {
        started.resolve();
        return answer;
      },
    },
  });
  await started.promise;
  let over = false;
  const stopped = stop().then(() => {
    over = true;
  });
  outbox.add(delivery({ messageId: 'm2' }));
  await nextTurn();
  expect(over).toBe(false);
  resolve({ channel: 'C0HOT', ts: '100.1' });
  await stopped;
  expect(outbox.confirmed.map(({ messageId, outcome }) => [messageId, outcome])).toEqual([
    ['m1', SHOWN],
  ]);
});

test('hands back, uncharged and unsent, what the database hands out after a stop', async () => {
  const broken = { messageId: 'm2', token: 'token of m2', refusals: 0, problem: 'kind: unknown' };
  const { outbox, messenger, stop } = runningDeliverer({ messages: [delivery(), broken] });
  await stop();
  expect(messenger.calls).toEqual([]);
  expect(outbox.confirmed).toMatchObject(
    ['m1', 'm2'].map((messageId) => ({
      messageId,
      token: `token of ${messageId}`,
      outcome: { kind: 'later', afterMs: 0, wholeChannel: false, counts: false },
    })),
  );
});

test('an idle deliverer stops at once', async () => {
  const { stop } = runningDeliverer({ settings: { idleMs: 3_600_000 } });
  await stop();
});

test('a wake-up ends an hour of sleep', async () => {
  const { outbox, wake } = runningDeliverer({ settings: { idleMs: 3_600_000 } });
  outbox.add(delivery());
  wake();
  await outbox.afterConfirms(1);
});

test('one hanging post does not hold up an update', async () => {
  const hanging = Promise.withResolvers<{ channel: string; ts: string }>();
  const { outbox } = runningDeliverer({
    messages: [delivery(), delivery({ messageId: 'm2', action: 'update', address: AT })],
    slack: { post: () => hanging.promise },
  });
  expect(await outbox.afterConfirms(1)).toMatchObject([
    { messageId: 'm2', outcome: { kind: 'shown' } },
  ]);
  hanging.resolve({ channel: 'C0HOT', ts: '100.1' });
  await outbox.afterConfirms(2);
});

test('takes no more than it has room for, and a finished delivery makes room', async () => {
  const first = Promise.withResolvers<{ channel: string; ts: string }>();
  const { outbox, messenger } = runningDeliverer({
    messages: ['m1', 'm2', 'm3'].map((messageId) => delivery({ messageId })),
    settings: { parallel: 2, idleMs: 3_600_000 },
    slack: { post: (_, __, id) => (id === 'm1' ? first.promise : Promise.resolve(AT)) },
  });
  await outbox.afterConfirms(2);
  expect(outbox.takes.every(({ limit }) => limit <= 2)).toBe(true);
  expect(messenger.calls).toHaveLength(3);
  first.resolve(AT);
  await outbox.afterConfirms(3);
});
