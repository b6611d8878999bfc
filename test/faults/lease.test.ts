import { afterEach, expect, test, vi } from 'vitest';
import { faultStage, withMessenger, withOutbox } from '../support/fault-stage.ts';
import { addLead } from '../support/leads.ts';

const {
  db,
  startReplica,
  addHotLead,
  claim,
  cards,
  postCount,
  waitForCard,
  postFromPeer,
  later,
  wake,
  runUntilQuiet,
} = await faultStage();

afterEach(() => {
  vi.useRealTimers();
});

/** Pauses a replica between taking a message and working on it. */
const pauseAfterTake = (pause: () => Promise<void>) =>
  withOutbox(({ take }) => ({
    async take(...args) {
      const taken = await take(...args);
      if (taken.deliveries.length > 0) await pause();
      return taken;
    },
  }));

/** Advances the wall clock but not the monotonic clock, like a suspended process. */
function suspend(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

test('fault-08 pause beyond the lease before the POST, without a takeover: does not post on the old lease', async () => {
  await addHotLead();
  const postsAtConfirm: [string, number][] = [];
  const paused = pauseAfterTake(async () => suspend(61_000));
  startReplica({
    between: (ports) =>
      withOutbox(({ confirm }) => ({
        confirm(id, token, outcome) {
          const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
          postsAtConfirm.push([reason, postCount()]);
          vi.useRealTimers();
          return confirm(id, token, outcome);
        },
      }))(paused(ports)),
  });
  await vi.waitUntil(() => postsAtConfirm.length > 0, { timeout: 20_000, interval: 10 });
  expect(postsAtConfirm[0]).toEqual(['lease too old', 0]);
});

test('fault-08 pause beyond the lease before the POST, and a peer has posted: does not post again', async () => {
  await addHotLead();
  const frozen = startReplica({
    between: pauseAfterTake(async () => {
      await later('61 seconds');
      await postFromPeer();
      suspend(61_000);
    }),
  });
  await frozen.log.next('warn', /lease on a message has passed/);
  expect(postCount()).toBe(1);
  expect(cards()).toHaveLength(1);
});

test.each([
  ['a peer has posted', postFromPeer],
  ['a peer has posted and found no copies', () => runUntilQuiet()],
])(
  'fault-09 pause during the POST, and %s: rejects the late report and deletes the newer copy',
  async (_, takeOver) => {
    const alert = await addHotLead();
    const frozen = startReplica({
      settings: { parallel: 1 },
      between: withMessenger(({ post }) => ({
        async post(...args) {
          await later('61 seconds');
          await takeOver();
          return post(...args);
        },
      })),
    });
    await frozen.log.next('warn', /lease on a message has passed/);
    await frozen.stop();
    const [first, second] = cards();
    expect(second).toBeDefined();
    const { log } = await runUntilQuiet();
    expect(log.lines.map(({ event }) => event)).toContain('deleting a second copy of a message');
    expect(cards()).toHaveLength(1);
    await claim(alert);
    await runUntilQuiet();
    expect((await waitForCard('Claimed by @U0ALICE')).ts).toBe(first?.ts);
  },
);

test('fault-10 replicas poll and deliver concurrently: one alert and one card', async () => {
  await db.poll();
  for (let n = 0; n < 3; n++) startReplica();
  await addLead(db);
  await Promise.all(Array.from({ length: 4 }, () => db.poll()));
  wake();
  await waitForCard('Acme');
  await claim(await db.onlyAlert());
  await waitForCard('Claimed by @U0ALICE');
  expect(cards()).toHaveLength(1);
  expect(postCount()).toBe(1);
});
