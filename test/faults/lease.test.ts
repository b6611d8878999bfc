import { afterEach, expect, test, vi } from 'vitest';
import { faultStage, type Ports } from '../support/fault-stage.ts';
import { addLead } from '../support/leads.ts';

const { db, replica, aHotLead, claim, cards, posts, card, becomes, later, wake, runToTheEnd } =
  await faultStage();

afterEach(() => {
  vi.useRealTimers();
});

/** Runs something once, when a replica has a message in its hands and has not begun with it. */
const afterItsTake =
  (pause: () => Promise<void>) =>
  ({ outbox, messenger }: Ports): Ports => ({
    messenger,
    outbox: {
      ...outbox,
      async take(...args) {
        const taken = await outbox.take(...args);
        if (taken.deliveries.length > 0) await pause();
        return taken;
      },
    },
  });

/** The wall clock goes on while the process, and with it the monotonic clock, stands still. */
function suspended(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

test('fault-08 a pause beyond the lease before the POST, and nobody has taken over: not posted in the old lease', async () => {
  await aHotLead();
  const postsAtConfirm: [string, number][] = [];
  const paused = afterItsTake(async () => suspended(61_000));
  replica({
    between: (ports) => {
      const { outbox, messenger } = paused(ports);
      return {
        messenger,
        outbox: {
          ...outbox,
          confirm(id, token, outcome) {
            const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
            postsAtConfirm.push([reason, posts()]);
            vi.useRealTimers();
            return outbox.confirm(id, token, outcome);
          },
        },
      };
    },
  });
  await vi.waitUntil(() => postsAtConfirm.length > 0, { timeout: 20_000, interval: 10 });
  expect(postsAtConfirm[0]).toEqual(['lease too old', 0]);
});

test('fault-08 a pause beyond the lease before the POST, and a peer has posted: not posted again', async () => {
  await aHotLead();
  const frozen = replica({
    between: afterItsTake(async () => {
      await later('61 seconds');
      const peer = replica();
      await becomes({ state: 'posted' });
      await peer.stop();
      suspended(61_000);
    }),
  });
  await frozen.log.next('warn', /lease of a message had passed/);
  expect(posts()).toBe(1);
  expect(cards()).toHaveLength(1);
});

test.each([
  [
    'a peer has posted',
    async () => {
      const peer = replica();
      await becomes({ state: 'posted' });
      await peer.stop();
    },
  ],
  [
    'a peer has posted and looked for copies in vain',
    async () => {
      await runToTheEnd();
    },
  ],
])(
  'fault-09 a pause during the POST, and %s: its report is rejected, and the later copy deleted',
  async (_, takeOver) => {
    const alert = await aHotLead();
    const frozen = replica({
      settings: { parallel: 1 },
      between: ({ outbox, messenger }) => ({
        outbox,
        messenger: {
          ...messenger,
          async post(...args) {
            await later('61 seconds');
            await takeOver();
            return messenger.post(...args);
          },
        },
      }),
    });
    await frozen.log.next('warn', /lease of a message had passed/);
    await frozen.stop();
    const [first, second] = cards();
    expect(second).toBeDefined();
    const { log } = await runToTheEnd();
    expect(log.lines.map(({ event }) => event)).toContain('deleting a second copy of a message');
    expect(cards()).toHaveLength(1);
    await claim(alert);
    await runToTheEnd();
    expect((await card('Claimed by @U0ALICE')).ts).toBe(first?.ts);
  },
);

test('fault-10 replicas that poll and deliver at the same time: one alert and one card', async () => {
  await db.poll();
  for (let n = 0; n < 3; n++) replica();
  await addLead(db);
  await Promise.all(Array.from({ length: 4 }, () => db.poll()));
  wake();
  await card('Acme');
  await claim(await db.onlyAlert());
  await card('Claimed by @U0ALICE');
  expect(cards()).toHaveLength(1);
  expect(posts()).toBe(1);
});
