import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { delivery } from '../support/memory-delivery.ts';
import { AT, runningDeliverer, SHOWN } from '../support/running-deliverer.ts';

test('an outcome that the database can not take yet is recorded when it is back, and posted once', async () => {
  const { outbox, messenger, log } = runningDeliverer();
  outbox.failConfirms(new Error('away'), new Error('away'));
  outbox.add(delivery());
  await outbox.afterConfirms(1);
  expect(outbox.confirmed[0]?.outcome).toEqual(SHOWN);
  expect(messenger.calls).toHaveLength(1);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('an outcome that can not be recorded within the lease is left to the next taker, and said', async () => {
  const { outbox, log } = runningDeliverer({ settings: { leaseMs: 100, marginMs: 50 } });
  outbox.failConfirms(new Error('away'));
  outbox.add(delivery());
  expect(await log.next('error', /could not record/)).toMatchObject({ messageId: 'm1' });
  expect(outbox.confirmed).toEqual([]);
});

test('a lease that has passed to another is said and nothing else', async () => {
  const { outbox, messenger, log } = runningDeliverer();
  outbox.ours = false;
  outbox.add(delivery());
  expect(await log.next('warn', /passed to another/)).toMatchObject({ messageId: 'm1' });
  expect(messenger.calls).toHaveLength(1);
});

test('a database that is away for a take is asked again', async () => {
  const { outbox, log } = runningDeliverer();
  outbox.failTakes(new Error('away'));
  outbox.add(delivery());
  expect(await log.next('warn', /could not take/)).toMatchObject({ attempt: 1 });
  expect((await outbox.afterConfirms(1))[0]?.outcome).toEqual(SHOWN);
});

test('a stop waits for what is under way, and takes nothing more', async () => {
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

test('what the database hands out after a stop is handed back at no cost, and not sent', async () => {
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

test('a stop ends a deliverer that has nothing to do at once', async () => {
  const { stop } = runningDeliverer({ settings: { idleMs: 3_600_000 } });
  await stop();
});

test('a call wakes a deliverer that would sleep for an hour', async () => {
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

test('no more is taken than there is room for, and a finished delivery makes room', async () => {
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
